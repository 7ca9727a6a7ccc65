import { LEDGER_SEGMENTS, parseScenario, seededRandom } from '@spsc/core'
import { compareRows } from '@spsc/lab'
import { signFlipTest } from '@spsc/metrics'
import { probit } from 'simple-statistics'
import { logRatios } from './ratios.js'

/**
 * What a machine does to figures, in standard deviations of their logarithm. `order`: share of a replicate's deviation
 * that the next one measured inherits. `burst`: chance that one begins in a window; `spoilt`: that it takes a replicate.
 *
 * The sizes of the first three are set by a yardstick: there the plain sign-flip test of the ratios of p99 of eight pairs
 * finds +25 % in 100, 99 and 87 % of the experiments. Beyond its reach are `rough` and `crowded`, where it finds 60 and
 * 16 %; a shared virtual machine is as bad as the last.
 */
export const NOISE = {
  quiet: { block: 0.05, replicate: 0.02, window: 0.05, order: 0.6, burst: 0.005, spoilt: 0.001 },
  moderate: { block: 0.1, replicate: 0.03, window: 0.1, order: 0.6, burst: 0.01, spoilt: 0.002 },
  noisy: { block: 0.2, replicate: 0.06, window: 0.14, order: 0.6, burst: 0.04, spoilt: 0.015 },
  rough: { block: 0.1, replicate: 0.06, window: 0.2, order: 0.6, burst: 0.05, spoilt: 0.05 },
  crowded: { block: 0.2, replicate: 0.12, window: 0.35, order: 0.6, burst: 0.1, spoilt: 0.1 },
}
const ALPHA = 0.05
const WINDOWS = 10
/** What slows a whole replicate is others' use of the CPUs as a rule, which the `sched` collector tells of: how often. */
const TOLD = 0.8
/** In a second each: the share of a window's deviation that the next inherits. */
const WINDOW_MEMORY = 0.5
/** Where an ordinary slow item's time goes; what a burst adds is run delay of the consumer. */
const SHARES = {
  p_late: 0.2,
  p_runq: 0.02,
  p_own: 0.08,
  c_wake: 0.4,
  c_runq: 0.05,
  s_cpu: 0.2,
  s_runq: 0.02,
  s_off: 0.03,
}

/** Correlated steps of standard deviation `deviation` (a first-order autoregression). */
function walk(deviation, memory, normal) {
  let value = normal()
  return () => {
    value = memory * value + Math.sqrt(1 - memory ** 2) * normal()
    return deviation * value
  }
}

/** One replicate, as a record that the laboratory might have stored. `log`: what its times are off by. */
function replicate(row, block, log, noise, { random, normal }) {
  const wander = walk(noise.window, WINDOW_MEMORY, normal)
  const spoilt = random() < noise.spoilt ? Math.log(1.3 + 2 * random()) : 0
  const contaminated = spoilt > 0 && random() < TOLD
  let left = 0
  let factor = 0
  let bursts = 0
  const windows = []
  const ledger = []
  for (let start_s = 0; start_s < WINDOWS; start_s++) {
    if (left === 0 && random() < noise.burst) {
      left = 1 + Math.floor(3 * random())
      factor = Math.log(3 + 17 * random())
    }
    const burst = left > 0 ? factor : 0
    if (left > 0) {
      left--
      bursts++
    }
    const common = log + wander()
    const p50 = 20_000 * Math.exp(log + 0.2 * (common - log) + 0.1 * spoilt + 0.02 * normal())
    const usual = 60_000 * Math.exp(common)
    const p99 = usual * Math.exp(spoilt + burst)
    const latency = { n: 1000, p50_ns: p50, p99_ns: p99, max_ns: 2 * p99 }
    const response = { n: 1000, p50_ns: 1.5 * p50, p99_ns: 1.4 * p99 * Math.exp(0.02 * normal()), max_ns: 3 * p99 }
    windows.push({ start_s, latency, response, dropped: 0 })
    const mean_ns = {}
    for (const segment of LEDGER_SEGMENTS) mean_ns[segment] = 1.4 * usual * SHARES[segment] * Math.exp(0.1 * normal())
    mean_ns.c_runq += 1.4 * (p99 - usual)
    ledger.push({ start_s, items: 1000, n: 10, mean_total_ns: 1.4 * p99, mean_ns })
  }
  const summary = { n: 1000 * WINDOWS }
  return {
    status: 'ok',
    run: 'simulated',
    scenario: row,
    queue: 'simulated',
    replicate: block + 1,
    config: parseScenario(row),
    ops_s: 1000 * Math.exp(-0.05 * log - 0.01 * bursts + 0.01 * normal()),
    drop_rate: bursts === 0 ? 0 : 0.002 * bursts * random(),
    collectors: {
      sched: { phases: [{ contamination: { contaminated, reasons: ['simulated'], unjudged: [] } }] },
      histogram: { latency: summary, response: summary, window_s: 1, windows },
      ledger: { segments: Object.fromEntries(LEDGER_SEGMENTS.map((segment) => [segment, summary])), windows: ledger },
    },
  }
}

function shuffled(items, random) {
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[result[i], result[j]] = [result[j], result[i]]
  }
  return result
}

/** Whether the yardstick sees a difference: the sign-flip test of the pairs in which nobody else used the CPUs. */
function isFoundPlainly(a, b) {
  const calm = (row) => row.filter(({ collectors }) => !collectors.sched.phases[0].contamination.contaminated)
  return signFlipTest(logRatios(calm(a), calm(b))).p <= ALPHA
}

/**
 * One comparison of A, B and A's twin in randomised blocks, by the function that `spsc compare` prints. In B all times
 * are longer by the share `shift`. `figures` are those asked about; absent: all.
 */
export function simulateComparison({ blocks, noise, shift = 0, seed, figures }) {
  const random = seededRandom(seed)
  const normal = () => probit(Math.min(1 - 1e-12, Math.max(1e-12, random())))
  const level = walk(noise.replicate, noise.order, normal)
  const rows = { a: [], b: [], twin: [] }
  for (let block = 0; block < blocks; block++) {
    const shared = noise.block * normal()
    for (const row of shuffled(Object.keys(rows), random)) {
      const log = shared + level() + (row === 'b' ? Math.log1p(shift) : 0)
      rows[row].push(replicate(row, block, log, noise, { random, normal }))
    }
  }
  const options = { design: 'interleaved', twin: rows.twin, ...(figures && { figures }) }
  return {
    ...compareRows(rows.a, rows.b, options),
    ratios: [rows.b, rows.twin].flatMap((row) => logRatios(rows.a, row)),
    isFoundPlainly: isFoundPlainly(rows.a, rows.b),
  }
}
