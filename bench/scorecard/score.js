import { FAULTS } from './cases.js'

/** What a diagnosis gets to see of a record: nothing that says what was put in. */
export function blind({
  status,
  phases,
  threads,
  collectors,
  offered,
  delivered,
  dropped,
  drop_rate,
  offered_ops_s,
  ops_s,
}) {
  const seen = { status, phases, threads, collectors, offered, delivered, dropped, drop_rate, offered_ops_s, ops_s }
  return { ...seen, scenario: '?', queue: '?', replicate: 1, config: {}, warnings: [] }
}

function figuresOf({ collectors: { histogram, ledger }, drop_rate }) {
  const { p99_ns, mean_ns } = histogram.response
  return { p99_ns, mean_ns, worst_ns: ledger.worst.mean_total_ns, drop_rate }
}

/** Fixed before anything was scored. */
const BEYOND = 1.2
const DROPS_BEYOND = 0.01

/**
 * Whether a case's figures are outside those of the clean runs of its base: p99, mean or the mean of the worst 1 % of the
 * response by a fifth, or drops by 1 %. Only then there is something to find.
 */
export function hadEffect(record, clean) {
  const own = figuresOf(record)
  const most = (key) => Math.max(...clean.map((one) => figuresOf(one)[key]))
  const isSlower = ['p99_ns', 'mean_ns', 'worst_ns'].some((key) => own[key] > BEYOND * most(key))
  return isSlower || own.drop_rate > most('drop_rate') + DROPS_BEYOND
}

/**
 * Whether others than the faults disturbed it, by the thresholds of the `sched` collector, which know nothing of what was
 * put in: hogs are foreign to the pipeline too, so beside them only stolen time counts.
 */
export function wasDisturbed({ collectors: { sched } }, { inject }) {
  const reasons = sched.phases.flatMap(({ contamination }) => contamination.reasons ?? [])
  return reasons.some((reason) => !inject.includes('hog=') || reason.startsWith('steal'))
}

/** What a diagnosis names: a cause that recurs. What was seen once or twice is said as such and names nothing. */
export function namedBy({ causes }) {
  return causes.filter(({ when }) => when !== 'sporadic')
}

const TIMES = { us: 1e3, ms: 1e6, s: 1e9 }

/** The dose of one injection in the unit of what a diagnosis estimates. */
export function doseOf(injection) {
  const [, number, unit] = /=(\d+(?:\.\d+)?)(us|ms|s|%)/.exec(injection) ?? []
  if (unit === undefined) return undefined
  return unit === '%' ? Number(number) / 100 : Number(number) * TIMES[unit]
}

/** One case against what was put in. */
export function scoreOf({ faults, inject }, diagnosis, effect) {
  const named = namedBy(diagnosis)
  const expected = faults.map((fault) => FAULTS[fault].cause)
  const top = named.slice(0, Math.max(1, expected.length)).map(({ name }) => name)
  const [only] = faults
  const unit = faults.length === 1 ? FAULTS[only].dose : undefined
  const injected = unit && doseOf(inject)
  const found = unit && named.find(({ name }) => name === expected[0])?.dose?.[unit]
  return {
    ...{ faults, inject, effect, expected, top },
    right: expected.length > 0 && expected.every((cause) => top.includes(cause)),
    ...(injected !== undefined && found !== undefined && { dose: found / injected }),
  }
}
