// Does the ledger find a delay of known size, and where it was put? Faults are far apart and items farther than a fault
// is long, so that no item waits for another: the slowest item of each second is a hit, and what it has more than the
// items in the middle is compared with what was put in.
//
//   node injected.mjs --queues native,sab --seconds 20 --ms 5
import { parseArgs } from 'node:util'
import { loadBackend, parseScenario } from '@spsc/core'
import { runReplicate } from '@spsc/core/driver'
import { ledger } from '@spsc/metrics'
import { queuesOf, whole } from '../lib/options.js'
import { MODULES } from '../lib/queues.js'
import { machine, spread, table } from '../lib/report.js'

/** Where each delay belongs. */
const SEGMENTS = {
  pacer: { spin: 'p_late', sleep: 'p_late' },
  producer: { spin: 'p_own', sleep: 'p_own' },
  queue: { spin: 'c_wake', sleep: 'c_wake' },
  service: { spin: 's_cpu', sleep: 's_off' },
}
/** An item every 4 faults' lengths: the next one is always late enough. */
const ITEMS_PER_FAULT_LENGTH = 0.25

const { values } = parseArgs({
  options: {
    queues: { type: 'string', default: 'native,sab' },
    seconds: { type: 'string', default: '20' },
    ms: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
  },
})

const [seconds, ms, seed] = [whole(values, 'seconds'), whole(values, 'ms'), whole(values, 'seed')]
const queues = queuesOf(values)
const scenario = parseScenario('injected', {
  duration: `${seconds}s`,
  prodIntervalUs: (ms * 1000) / ITEMS_PER_FAULT_LENGTH,
  pacing: 'deadline',
})

/** What the slowest item of each second has more, in nanoseconds: in all, and in the segment where it belongs. */
async function hits(backend, at, how) {
  const faults = [{ at, how, ns: ms * 1e6, everyNs: 0.9e9 }]
  const { collectors } = await runReplicate({ backend, scenario, collectors: [ledger()], seed, faults })
  const { windows, median_band: ordinary, holds } = collectors.ledger
  // What a pipeline can't tell apart is in another segment, which the ledger names.
  const holder = Object.keys(holds).find((name) => holds[name].includes(SEGMENTS[at][how]))
  const segment = holder ?? SEGMENTS[at][how]
  const more = windows.map(({ mean_ns }) => mean_ns[segment] - ordinary.mean_ns[segment])
  const largest = windows.filter(({ mean_ns }) => {
    const excess = Object.entries(mean_ns).map(([name, ns]) => [name, ns - ordinary.mean_ns[name]])
    return excess.sort(([, a], [, b]) => b - a)[0][0] === segment
  })
  return { segment, n: windows.length, more, right: largest.length / windows.length }
}

console.log(machine())
console.log(
  `a delay of ${ms} ms about once a second for ${seconds} s, an item each ${scenario.prodIntervalUs / 1000} ms\n`,
)
const rows = [['queue', 'delay', 'segment', 'recovered / put in', 'within 5 %', 'largest segment']]
for (const queue of queues) {
  const backend = await loadBackend({ module: import.meta.resolve(MODULES[queue]), name: queue })
  for (const [at, ways] of Object.entries(SEGMENTS)) {
    for (const how of Object.keys(ways)) {
      const { segment, more, n, right } = await hits(backend, at, how)
      const head = [queue, `${how} in ${at}`, segment]
      const ratios = more.map((ns) => ns / (ms * 1e6))
      const within = ratios.filter((ratio) => Math.abs(ratio - 1) <= 0.05).length / n
      rows.push([...head, spread(ratios, 3), `${(100 * within).toFixed(0)} %`, `${(100 * right).toFixed(0)} %`])
    }
  }
}
console.log(table(rows))
