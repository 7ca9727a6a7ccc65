// How one scenario is told from another in every chart and in the legend: colour, dash and shape together, so that no
// reader depends on colour. What the colours are is in page/page.css.

export const COLORS = 7

const DASHES = ['', '7 3', '2 3', '9 3 2 3', '5 2']

const SHAPES = {
  circle: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z',
  square: 'M-3.5-3.5h7v7h-7z',
  triangle: 'M0-4.5L4.5 3.5h-9z',
  diamond: 'M0-5L5 0L0 5L-5 0z',
  cross: 'M-4.5-1.5h3v-3h3v3h3v3h-3v3h-3v-3h-3z',
  wedge: 'M0 4.5L4.5-3.5h-9z',
} as const

export type Shape = keyof typeof SHAPES

/** Path of a shape around the origin. */
export function shapePath(shape: Shape): string {
  return SHAPES[shape]
}

export interface Look {
  /** Class that sets `color`. */
  readonly color: string
  /** `stroke-dasharray`; empty: solid. */
  readonly dash: string
  readonly shape: Shape
}

/** The look of the cell at this place in the plan. */
export function lookOf(cell: number): Look {
  const shapes = Object.keys(SHAPES) as Shape[]
  return {
    color: `color-${cell % COLORS}`,
    dash: DASHES[cell % DASHES.length] as string,
    shape: shapes[cell % shapes.length] as Shape,
  }
}
