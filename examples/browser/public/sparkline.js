const SVG = 'http://www.w3.org/2000/svg'

/** A round number, not below `value`. */
export function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)))
  return [1, 1.5, 2, 3, 4, 6, 8, 10].map((step) => step * power).find((candidate) => candidate >= value)
}

/**
 * Draws the last `length` values from right to left, 0 at the bottom.
 *
 * @param {SVGSVGElement} svg its viewBox is `0 0 {length - 1} 100`
 */
export function createSparkline(svg, length) {
  const add = (name, className) => {
    const element = svg.appendChild(document.createElementNS(SVG, name))
    element.setAttribute('class', className)
    return element
  }
  svg.setAttribute('viewBox', `0 0 ${length - 1} 100`)
  for (const y of [0, 50, 100]) add('path', 'grid').setAttribute('d', `M0 ${y}H${length - 1}`)
  const area = add('path', 'area')
  const line = add('path', 'line')
  return {
    /** @param {number[]} values at most `length`, the latest last @param {number} top what the upper edge stands for */
    draw(values, top) {
      const first = length - values.length
      const points = values.map((value, index) => `${first + index} ${(100 - (100 * value) / top).toFixed(2)}`)
      line.setAttribute('d', points.length > 1 ? `M${points.join('L')}` : '')
      area.setAttribute('d', points.length > 1 ? `M${first} 100L${points.join('L')}V100Z` : '')
    },
  }
}
