import type { Table } from '../../table.js'
import { figuresHtml } from '../figures.js'
import { labelsOf } from '../labels.js'
import type { ChartData, LiveCell } from '../page-data.js'
import type { Chart } from './chart.js'
import { startCharts } from './start.js'

// Draws what a run tells by server-sent events, with the charts of its report. It moves nothing by itself: whatever is
// drawn here is drawn on the machine that measures, so only an event, which comes between two replicates, changes it.

/** A replicate, and what became of it. */
interface Replicate {
  readonly scenario: string
  readonly queue: string
  readonly replicate: number
}

interface Outcome extends Replicate {
  readonly failed?: string
  readonly invalid?: string
}

const run = { name: '', total: 0 }
const cells = new Map<number, LiveCell>()
const replicates = new Set<string>()
/** Each message with the replicate that it first came of, and how often it came. */
const messages = new Map<string, { readonly first: string; readonly count: number }>()
let table: Table = { header: { names: [], figures: [] }, rows: [] }
let status = 'Connecting.'

const at = (id: string) => document.getElementById(id) as HTMLElement

/** Names are foreign text: nothing in them turns the line around. */
const plain = (text: unknown) => String(text).replace(/[\p{Cc}\p{Cf}]+/gu, ' ')

const nameOf = ({ scenario, queue, replicate }: Replicate) => plain(`${scenario} on ${queue}, replicate ${replicate}`)

function element(name: string, attributes: Readonly<Record<string, string>>, ...children: readonly (Node | string)[]) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

function drawTable(): void {
  const { names, figures } = table.header
  const head = [...names, ...figures].map((title, column) =>
    element('th', { scope: 'col', ...(column >= names.length && { class: 'number' }) }, title),
  )
  const rows = table.rows.map((row) => {
    const [first = '', ...others] = row.names.map(plain)
    const cells = [element('th', { scope: 'row' }, first), ...others.map((name) => element('td', {}, name))]
    if (row.failure !== undefined) cells.push(element('td', { colspan: `${figures.length}` }, plain(row.failure)))
    for (const { median, range } of row.figures) {
      const cell = element('td', { class: 'number' }, median)
      if (range !== undefined) cell.append(' ', element('span', { class: 'range' }, `(${range})`))
      cells.push(cell)
    }
    return element('tr', {}, ...cells)
  })
  at('table').replaceChildren(element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows))
}

function chartData(): ChartData {
  const sorted = [...cells.values()].sort((a, b) => a.place - b.place)
  const labels = labelsOf(sorted)
  return { cells: sorted.map(({ figures }, index) => ({ label: labels[index] as string, ...figures })) }
}

/** What the reader has chosen, which outlives the frames: by chart and control. */
const chosen = new Map<string, string>()
const hidden = new Set<string>()
let frames = ''
let charts: readonly Chart[] = []

function keyOf(control: Element): string {
  const { switch: name = 'choice' } = (control as HTMLElement).dataset
  return `${control.closest<HTMLElement>('[data-chart]')?.dataset.chart} ${name}`
}

function rememberChoices(root: HTMLElement): void {
  root.addEventListener('click', ({ target }) => {
    const control = (target as Element).closest('[data-switch]')
    if (control !== null) chosen.set(keyOf(control), control.getAttribute('aria-pressed') as string)
  })
  root.addEventListener('change', ({ target }) =>
    chosen.set(keyOf(target as Element), (target as HTMLSelectElement).value),
  )
}

/** Puts new frames in the place of the old ones, as the reader had set those, and with the focus where it was. */
function rebuild(root: HTMLElement, html: string, data: ChartData): void {
  const controls = () => [...root.querySelectorAll<HTMLElement>('button, select, .plot')]
  const placeOf = (control: Element) => `${control.closest('[id]')?.id} ${control.className}${control.textContent}`
  const focused = controls().find((control) => control === document.activeElement)
  const place = focused && placeOf(focused)
  // Names in it are escaped, as in the report.
  root.innerHTML = html
  for (const control of root.querySelectorAll<HTMLElement>('[data-switch], [data-choice]')) {
    const value = chosen.get(keyOf(control))
    if (value === undefined) continue
    if (control instanceof HTMLSelectElement) control.value = value
    else control.setAttribute('aria-pressed', value)
  }
  charts = startCharts(root, data, hidden)
  if (place !== undefined)
    controls()
      .find((control) => placeOf(control) === place)
      ?.focus()
}

function drawCharts(): void {
  const data = chartData()
  const html = figuresHtml(data)
  if (html === frames) for (const chart of charts) chart.show(data)
  else rebuild(at('figures'), html, data)
  frames = html
}

function draw(): void {
  const total = Math.max(run.total, replicates.size)
  at('name').textContent = plain(run.name)
  document.title = `${replicates.size}/${total} ${plain(run.name)}`
  at('status').textContent = status
  const progress = at('progress') as HTMLProgressElement
  progress.max = Math.max(1, total)
  progress.value = replicates.size
  drawTable()
  drawCharts()
  at('troubles').hidden = messages.size === 0
  const lines = [...messages].map(([message, { first, count }]) =>
    element('li', {}, `${first} ${message}${count > 1 ? ` (${count} times)` : ''}`),
  )
  at('messages').replaceChildren(...lines)
}

let isDue = false
/** Many events that come at once are drawn once, and none in a tab that is not seen. */
function drawSoon(): void {
  if (isDue) return
  isDue = true
  requestAnimationFrame(() => {
    isDue = false
    draw()
  })
}

function note(replicate: Replicate, message: string): void {
  const { first = nameOf(replicate), count = 0 } = messages.get(message) ?? {}
  messages.set(message, { first, count: count + 1 })
}

interface Progress extends Replicate {
  readonly order: number
  readonly total: number
  readonly remainingS: number
}

const handlers = {
  run(about: { readonly name: string }) {
    run.name = about.name
  },
  replicate(outcome: Outcome) {
    replicates.add(JSON.stringify([outcome.scenario, outcome.queue, outcome.replicate]))
    if (outcome.failed !== undefined) note(outcome, `failed: ${plain(outcome.failed)}`)
    else if (outcome.invalid !== undefined) note(outcome, `is invalid: ${plain(outcome.invalid)}`)
  },
  cell(told: LiveCell) {
    cells.set(told.place, told)
  },
  table(told: Table) {
    table = told
  },
  warning: (warning: Replicate & { readonly message: string }) =>
    note(warning, `had a warning: ${plain(warning.message)}`),
  progress(told: Progress) {
    run.total = told.total
    const left = told.remainingS < 120 ? `${Math.ceil(told.remainingS)} s` : `${Math.ceil(told.remainingS / 60)} min`
    status = `Replicate ${told.order} of ${told.total}: ${nameOf(told)}. About ${left} were left as it began.`
  },
  end({ cancelled }: { readonly cancelled: boolean }) {
    const total = Math.max(run.total, replicates.size)
    status = `The run ${cancelled ? 'was interrupted' : 'has ended'}: ${replicates.size} of ${total} replicates are stored.`
    events.close()
  },
}

rememberChoices(at('figures'))
const events = new EventSource('events')
for (const [name, handle] of Object.entries(handlers)) {
  events.addEventListener(name, ({ data }) => {
    handle(JSON.parse(data))
    drawSoon()
  })
}
events.addEventListener('error', () => {
  if (events.readyState === EventSource.CLOSED) return
  status = 'The connection is lost; what is shown is what was told until then.'
  drawSoon()
})
