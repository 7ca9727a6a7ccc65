import * as Plot from '@observablehq/plot'
import { FONT_SIZE } from './lettering.js'
import { INK } from './palette.js'
import { SvgDocument, type SvgElement } from './svg-document.js'

const COORDINATES = new Set(['d', 'transform', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'r', 'width', 'height'])
/** A hundredth of a pixel: shorter files, and the last digits of a sine are nobody's business. */
const DECIMALS = 2

function rounded(coordinates: string): string {
  return coordinates.replace(/-?\d*\.\d{3,}(?:e-?\d+)?/g, (number) => `${Number(Number(number).toFixed(DECIMALS))}`)
}

/** The marks of a plot as the inside of an SVG. What a plot names comes escaped. */
export function draw(options: Plot.PlotOptions): string {
  const svg = Plot.plot({
    ...options,
    document: new SvgDocument() as never,
    style: { fontSize: `${FONT_SIZE}px`, color: INK, background: 'none' } as never,
  }) as unknown as SvgElement
  const marks = svg.childNodes.filter((child) => typeof child === 'object' && child.name !== 'style') as SvgElement[]
  return marks.map((mark) => mark.write((name, value) => (COORDINATES.has(name) ? rounded(value) : value))).join('')
}
