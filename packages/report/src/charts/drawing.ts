import * as Plot from '@observablehq/plot'
import { DOMParser } from 'linkedom'
import { FONT_SIZE } from './lettering.js'
import { INK } from './palette.js'

const COORDINATES = ['d', 'transform', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'r', 'width', 'height']
/** A hundredth of a pixel: shorter files, and the last digits of a sine are nobody's business. */
const DECIMALS = 2

function rounded(coordinates: string): string {
  return coordinates.replace(/-?\d*\.\d{3,}(?:e-?\d+)?/g, (number) => `${Number(Number(number).toFixed(DECIMALS))}`)
}

/** The marks of a plot as the inside of an SVG. What a plot names comes escaped. */
export function draw(options: Plot.PlotOptions): string {
  const document = new DOMParser().parseFromString('<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml')
  const svg = Plot.plot({
    ...options,
    document: document as never,
    style: { fontSize: `${FONT_SIZE}px`, color: INK, background: 'none' } as never,
  }) as unknown as Element
  for (const style of [...svg.querySelectorAll('style')]) style.remove()
  for (const element of [...svg.querySelectorAll('*')]) {
    for (const name of COORDINATES) {
      const value = element.getAttribute(name)
      if (value !== null) element.setAttribute(name, rounded(value))
    }
  }
  return svg.innerHTML
}

/** The little of the DOM that is used here: its types are those of browsers. */
interface Element {
  readonly innerHTML: string
  querySelectorAll(selector: string): Iterable<Element>
  getAttribute(name: string): string | null
  setAttribute(name: string, value: string): void
  remove(): void
}
