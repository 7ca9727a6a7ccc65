import type { ChartName } from '../figures.js'
import type { ChartData } from '../page-data.js'
import { Chart } from './chart.js'
import { DRAWINGS } from './drawings.js'

/**
 * Makes the frames of charts in `root` draw, and the buttons of their legend show and hide.
 *
 * @param hidden labels of the cells that are left out; kept as the reader changes it
 */
export function startCharts(root: ParentNode, data: ChartData, hidden = new Set<string>()): readonly Chart[] {
  const labelOf = (cell: number) => data.cells[cell]?.label ?? ''
  const charts = [...root.querySelectorAll<HTMLElement>('[data-chart]')].map(
    (figure) => new Chart(figure, data, DRAWINGS[figure.dataset.chart as ChartName]),
  )
  const hideAll = () => {
    const cells = data.cells.flatMap(({ label }, cell) => (hidden.has(label) ? [cell] : []))
    for (const chart of charts) chart.hide(new Set(cells))
  }
  for (const button of root.querySelectorAll<HTMLButtonElement>('[data-cell]')) {
    const label = labelOf(Number(button.dataset.cell))
    button.disabled = false
    button.setAttribute('aria-pressed', String(!hidden.has(label)))
    button.addEventListener('click', () => {
      if (!hidden.delete(label)) hidden.add(label)
      button.setAttribute('aria-pressed', String(!hidden.has(label)))
      hideAll()
    })
  }
  if (hidden.size > 0) hideAll()
  return charts
}
