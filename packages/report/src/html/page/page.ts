import type { ChartName } from '../figures.js'
import type { PageData } from '../page-data.js'
import { Chart } from './chart.js'
import { DRAWINGS } from './drawings.js'
import { enableSaving } from './saving.js'
import { enableSorting } from './sorting.js'

const { textContent } = document.getElementById('data') as HTMLElement
const data: PageData = JSON.parse(textContent as string)

const charts = [...document.querySelectorAll<HTMLElement>('[data-chart]')].map(
  (figure) => new Chart(figure, data, DRAWINGS[figure.dataset.chart as ChartName]),
)

const hidden = new Set<number>()
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-cell]')) {
  const cell = Number(button.dataset.cell)
  button.disabled = false
  button.addEventListener('click', () => {
    if (!hidden.delete(cell)) hidden.add(cell)
    button.setAttribute('aria-pressed', String(!hidden.has(cell)))
    for (const chart of charts) chart.hide(hidden)
  })
}

for (const table of document.querySelectorAll('table')) {
  enableSorting(table)
  // Its headings can be reached now, and bring what they head into view.
  table.closest('.scroll')?.removeAttribute('tabindex')
}
enableSaving(data)

// Paper can't be unfolded.
let folded: HTMLDetailsElement[] = []
addEventListener('beforeprint', () => {
  folded = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')]
  for (const details of folded) details.open = true
})
addEventListener('afterprint', () => {
  for (const details of folded) details.open = false
})
