import {
  captionLines,
  cutMiddle,
  FONT_SIZE,
  LINE_HEIGHT,
  MARGIN,
  plain,
  SMALL_FONT_SIZE,
  TITLE_FONT_SIZE,
  WIDTH,
} from './lettering.js'
import { INK, MUTED_INK, PAPER } from './palette.js'

/** The font that PNGs are drawn in, and what a viewer of the SVG without it takes. */
const FONTS = "'PT Sans', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
const TITLE_HEIGHT = 48
const TITLE_CHARACTERS = 68

export interface Frame {
  readonly title: string
  readonly subtitle: string
  /** What is seen, in words, for screen readers. */
  readonly description: string
  /** What the marks mean. */
  readonly caption: string
  /** The inside of an SVG, {@link WIDTH} wide. */
  readonly content: string
  /** Of the content. */
  readonly height: number
}

export function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (character) => entities[character] as string)
}

/** Puts title, caption and description around a drawing: a whole SVG document. */
export function frame({ title, subtitle, description, caption, content, height }: Frame): string {
  const lines = captionLines(plain(caption))
  const top = TITLE_HEIGHT + height + LINE_HEIGHT
  const total = Math.ceil(top + lines.length * LINE_HEIGHT + MARGIN / 2)
  const text = (y: number, size: number, ink: string, words: string) =>
    `<text x="${MARGIN}" y="${y}" font-size="${size}" fill="${ink}">${escapeXml(words)}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${WIDTH}" height="${total}" viewBox="0 0 ${WIDTH} ${total}" font-family="${FONTS}" font-size="${FONT_SIZE}" fill="${INK}" color="${INK}">
<title>${escapeXml(plain(title))}</title>
<desc>${escapeXml(plain(description))}</desc>
<rect width="${WIDTH}" height="${total}" fill="${PAPER}"/>
${text(22, TITLE_FONT_SIZE, INK, cutMiddle(plain(title), TITLE_CHARACTERS))}
${text(40, FONT_SIZE, MUTED_INK, plain(subtitle))}
<g transform="translate(0,${TITLE_HEIGHT})" text-anchor="middle">${content}</g>
${lines.map((line, index) => text(top + index * LINE_HEIGHT, SMALL_FONT_SIZE, MUTED_INK, line)).join('\n')}
</svg>
`
}
