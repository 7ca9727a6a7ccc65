import type { PageData } from '../page-data.js'
import { enableSaving } from './saving.js'
import { enableSorting } from './sorting.js'
import { startCharts } from './start.js'

const { textContent } = document.getElementById('data') as HTMLElement
const data: PageData = JSON.parse(textContent as string)

startCharts(document, data)

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
