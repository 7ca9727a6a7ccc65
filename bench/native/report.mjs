import { max, median, min } from 'simple-statistics'
import { machine, table } from '../lib/report.js'

/** Where the machine has put the two CPUs, by what a line takes there and back; rates of different modes don't compare. */
const MODES = [
  { name: '<100', holds: (ns) => ns < 100 },
  { name: '100–300', holds: (ns) => ns >= 100 && ns <= 300 },
  { name: '>300', holds: (ns) => ns > 300 },
]

const RIVALS = ['boost spsc_queue', 'ck_ring', 'DPDK rte_ring']

const modeOf = ({ pingPongNs }) => MODES.findIndex(({ holds }) => holds(pingPongNs))
const isTime = (workload) => workload.includes('round trip')
const digits = (value, isRatio) => (isRatio || value < 10 ? 2 : value < 100 ? 1 : 0)
const figure = (value, isRatio = false) => value.toFixed(digits(value, isRatio))
const spread = (values, isRatio) =>
  values.length === 0
    ? '–'
    : `${figure(median(values), isRatio)} (${figure(min(values), isRatio)}–${figure(max(values), isRatio)})`

function groupBy(list, key) {
  const groups = new Map()
  for (const entry of list) groups.set(key(entry), [...(groups.get(key(entry)) ?? []), entry])
  return groups
}

/**
 * Ratios of `own` to the best of `others`, round by round, where the machine was in the same mode for both: a round in
 * which it changed in between says nothing.
 */
function ratios(own, others) {
  return own.flatMap((sample) => {
    const same = others.filter((other) => other.round === sample.round && modeOf(other) === modeOf(sample))
    if (same.length === 0) return []
    const values = same.map(({ value }) => value)
    return [sample.value / (isTime(sample.workload) ? min(values) : max(values))]
  })
}

function cell(samples, workload, capacity) {
  const byQueue = groupBy(samples, ({ queue }) => queue)
  const rivals = samples.filter(({ queue }) => RIVALS.includes(queue))
  const unit = isTime(workload) ? 'ns' : 'M items/s'
  const rows = [...byQueue].map(([queue, own]) => ({
    queue,
    own,
    level: median(own.map(({ value }) => value)) * (isTime(workload) ? 1 : -1),
  }))
  rows.sort((a, b) => a.level - b.level)
  const lines = rows.map(({ queue, own }) => [
    queue,
    spread(own.map(({ value }) => value)),
    spread(ratios(own, rivals), true),
    MODES.map((_, mode) => own.filter((sample) => modeOf(sample) === mode).length).join('/'),
  ])
  const heading = [`${workload}, ${capacity}`, unit, '× best rival', 'modes']
  return table([heading, ...lines])
}

/** What we enter in a cell: for single words the line ring, else the index ring. */
const ours = (samples) => (samples.some(({ queue }) => queue === 'spsc LineRing') ? 'spsc LineRing' : 'spsc IndexRing')

/** Ours against other queues of each cell, once per mode of the machine. */
function byMode(title, cells, others) {
  const rows = cells.flatMap(([, samples]) => {
    const { workload, capacity } = samples[0]
    const theirs = samples.filter(({ queue }) => others.includes(queue))
    if (theirs.length === 0) return []
    const name = ours(samples)
    const inMode = (mode) => samples.filter((sample) => sample.queue === name && modeOf(sample) === mode)
    return [[`${workload}, ${capacity}`, ...MODES.map((_, mode) => spread(ratios(inMode(mode), theirs), true))]]
  })
  return rows.length === 0 ? '' : `${table([[title, ...MODES.map(({ name }) => `${name} ns`)], ...rows])}\n`
}

export function report(samples, { rounds, seed, remarks }) {
  const cells = [...groupBy(samples, ({ workload, capacity }) => `${workload} ${String(capacity).padStart(9)}`)]
  cells.sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    machine(),
    ...remarks,
    `${rounds} rounds in random order · seed ${seed}`,
    'Medians (min–max). Best rival: of boost, ck and DPDK, in the same round and mode.',
    `Modes: how many samples came beside a ping-pong of ${MODES.map(({ name }) => name).join(' / ')} ns.`,
    '',
    ...cells.map(([, list]) => `${cell(list, list[0].workload, list[0].capacity)}\n`),
    byMode('ours × best rival', cells, RIVALS),
    byMode('ours × FastForward', cells, ['FastForward kind']),
    byMode('ours × raw', cells, ['raw: a line each way']),
  ].join('\n')
}
