// Draws what a run tells by server-sent events. It moves nothing by itself: whatever is drawn here is drawn on the
// machine that measures, so only an event, which comes between two replicates, changes the page.

const WIDTH = 760
const LABELS = 250
const RIGHT = 20
const ROW = 26
const AXIS = 24
const LONGEST_LABEL = 36

const run = { name: '', total: 0 }
const records = new Map()
const messages = new Set()
let table = { header: { names: [], figures: [] }, rows: [] }
let status = 'Connecting.'

const at = (id) => document.getElementById(id)

/** Names are foreign text: nothing in them turns the line around. They only ever become text, never markup. */
const plain = (text) => String(text).replace(/[\p{Cc}\p{Cf}]+/gu, ' ')

const nameOf = ({ scenario, queue, replicate }) => plain(`${scenario} on ${queue}, replicate ${replicate}`)

function element(name, attributes = {}, ...children) {
  const svg = ['svg', 'line', 'text', 'circle', 'path', 'title', 'g'].includes(name)
  const made = svg ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

function drawTable() {
  const head = [...table.header.names, ...table.header.figures].map((title, column) =>
    element('th', { class: column < table.header.names.length ? '' : 'figure', scope: 'col' }, title),
  )
  const rows = table.rows.map(({ names, figures, failure }) => {
    const cells = names.map((name) => element('td', {}, plain(name)))
    if (failure !== undefined) cells.push(element('td', { colspan: table.header.figures.length }, plain(failure)))
    for (const { median, range } of figures) {
      const cell = element('td', { class: 'figure' }, median)
      if (range !== undefined) cell.append(element('small', {}, range))
      cells.push(cell)
    }
    return element('tr', {}, ...cells)
  })
  at('table').replaceChildren(element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows))
}

/** Cells in the order of the plan, each with its replicates. */
function cells() {
  const groups = new Map()
  for (const record of [...records.values()].sort((a, b) => a.cell - b.cell)) {
    const key = JSON.stringify([record.scenario, record.queue])
    groups.set(key, [...(groups.get(key) ?? []), record])
  }
  return [...groups.values()]
}

/** 1, 2 and 5 times the powers of ten within a range, or the powers alone where those are many. */
function logTicks(lowest, highest) {
  const steps = highest / lowest > 1e3 ? [1] : [1, 2, 5]
  const ticks = []
  for (let power = Math.floor(Math.log10(lowest)); power <= Math.ceil(Math.log10(highest)); power++) {
    for (const step of steps) ticks.push(step * 10 ** power)
  }
  return ticks.filter((tick) => tick >= lowest && tick <= highest)
}

function linearTicks(highest) {
  const rough = highest / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5].find((multiple) => multiple * power >= rough) ?? 10)
  return Array.from({ length: Math.floor(highest / step) + 1 }, (_, index) => index * step)
}

const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })
const exact = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 })

function mark({ shape, isBelow }, x, y) {
  const kind = isBelow ? `${shape} below` : shape
  if (shape === 'p99') return element('path', { class: kind, d: `M${x} ${y - 5} L${x + 5} ${y + 4} H${x - 5} Z` })
  return element('circle', { class: kind, cx: x, cy: y, r: 4 })
}

/** One row for each cell, one mark for each figure of each of its replicates. */
function drawChart(id, isLog, pointsOf) {
  const groups = cells()
  const points = groups.map((group) => group.flatMap(pointsOf))
  const values = points.flat().map(({ value }) => value)
  if (values.length === 0) return at(id).replaceChildren(element('p', { class: 'note' }, 'Nothing is measured yet.'))
  const highest = Math.max(...values) * (isLog ? 1.25 : 1.05)
  const lowest = isLog ? Math.min(...values) / 1.25 : 0
  const share = (value) =>
    isLog ? Math.log(value / lowest) / Math.log(highest / lowest) : value / (highest === 0 ? 1 : highest)
  const x = (value) => LABELS + share(value) * (WIDTH - LABELS - RIGHT)
  const bottom = groups.length * ROW
  const svg = element('svg', { class: 'chart', viewBox: `0 0 ${WIDTH} ${bottom + AXIS}`, role: 'img' })
  svg.setAttribute('aria-label', `${id} of each replicate; the figures are in the table`)
  for (const tick of isLog ? logTicks(lowest, highest) : linearTicks(highest)) {
    svg.append(element('line', { x1: x(tick), x2: x(tick), y1: 0, y2: bottom }))
    svg.append(element('text', { class: 'tick', x: x(tick), y: bottom + 16 }, short.format(tick)))
  }
  for (const [index, group] of groups.entries()) {
    const y = index * ROW + ROW / 2
    const label = plain(`${group[0].scenario} on ${group[0].queue}`)
    const cut = label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label
    svg.append(element('text', { x: 0, y: y + 4 }, cut, element('title', {}, label)))
    for (const point of points[index]) {
      const drawn = mark(point, x(point.value), y)
      drawn.append(element('title', {}, `replicate ${point.replicate}: ${point.what}`))
      svg.append(drawn)
    }
  }
  at(id).replaceChildren(svg)
}

function latencyPoints(record) {
  const latency = record.collectors?.histogram?.latency ?? {}
  const floor = record.certificate?.floor_ns ?? 0
  return ['p50', 'p99'].flatMap((shape) => {
    const ns = latency[`${shape}_ns`]
    if (!Number.isFinite(ns) || Math.max(ns, floor) <= 0) return []
    const value = Math.max(ns, floor) / 1e6
    const isBelow = ns < floor
    const what = `${shape} ${isBelow ? '<' : ''}${exact.format(value)} ms`
    return [{ shape, value, isBelow, what, replicate: record.replicate }]
  })
}

function throughputPoints({ ops_s, replicate }) {
  if (!Number.isFinite(ops_s)) return []
  return [{ shape: 'ops', value: ops_s, isBelow: false, what: `${exact.format(ops_s)} items/s`, replicate }]
}

function draw() {
  at('name').textContent = plain(run.name)
  document.title = `${records.size}/${Math.max(run.total, records.size)} ${plain(run.name)}`
  at('status').textContent = status
  at('progress').max = Math.max(1, run.total, records.size)
  at('progress').value = records.size
  drawTable()
  drawChart('latency', true, latencyPoints)
  drawChart('throughput', false, throughputPoints)
  at('troubles').hidden = messages.size === 0
  at('messages').replaceChildren(...[...messages].map((message) => element('li', {}, message)))
}

let isDue = false
/** Many events that come at once are drawn once, and none in a tab that is not seen. */
function drawSoon() {
  if (isDue) return
  isDue = true
  requestAnimationFrame(() => {
    isDue = false
    draw()
  })
}

const handlers = {
  run: (about) => Object.assign(run, about),
  record(record) {
    records.set(JSON.stringify([record.scenario, record.queue, record.replicate]), record)
    if (record.status === 'failed') messages.add(`${nameOf(record)} failed: ${plain(record.error.message)}`)
    else if (record.invalid !== undefined) messages.add(`${nameOf(record)} is invalid: ${plain(record.invalid)}`)
  },
  table(told) {
    table = told
  },
  warning: (warning) => messages.add(`${nameOf(warning)}: ${plain(warning.message)}`),
  progress(told) {
    run.total = told.total
    const left = told.remainingS < 120 ? `${Math.ceil(told.remainingS)} s` : `${Math.ceil(told.remainingS / 60)} min`
    status = `Replicate ${told.order} of ${told.total}: ${nameOf(told)}. About ${left} were left as it began.`
  },
  end({ cancelled }) {
    status = `The run ${cancelled ? 'was interrupted' : 'has ended'}: ${records.size} of ${Math.max(run.total, records.size)} replicates are stored.`
    events.close()
  },
}

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
