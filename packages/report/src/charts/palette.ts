/**
 * Okabe and Ito's colours, told apart with any common colour blindness (Color Universal Design, 2008), without those
 * too light for a thin line on white.
 */
export const COLORS = {
  blue: '#0072b2',
  vermillion: '#d55e00',
  green: '#009e73',
  purple: '#cc79a7',
  grey: '#767676',
} as const

/** The seven of theirs that are no black, and grey, for areas: light ones border on others there, not on white. */
export const FILLS = {
  orange: '#e69f00',
  vermillion: COLORS.vermillion,
  yellow: '#f0e442',
  sky: '#56b4e9',
  blue: COLORS.blue,
  green: COLORS.green,
  purple: COLORS.purple,
  grey: COLORS.grey,
} as const

export const INK = '#1a1a1a'
/** 4.5 : 1 or more on white, as WCAG 2.2 asks of text. */
export const MUTED_INK = '#595959'
export const GRID = '#dcdcdc'
/** Behind every second row. */
export const BAND = '#f5f5f5'
export const PAPER = '#ffffff'
