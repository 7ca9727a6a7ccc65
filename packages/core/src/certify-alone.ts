import type { AloneReadings, CertificatePlan } from './certificate.js'
import { monotonicClock, nowNs } from './clock.js'
import type { HostNoise } from './collected/certificate.js'
import { ConsumerLoop } from './consumer-loop.js'
import type { Phase } from './pipeline.js'
import { ProducerLoop, waitUntilFor } from './producer-loop.js'
import type { ConsumerEnd, ProducerEnd, Role, Supports } from './queue.js'
import { parseScenario, type Scenario } from './scenario.js'
import { END } from './sequence.js'
import { createTrace, planTrace, type Trace } from './trace.js'

// What an end's thread reads for a certificate by itself. What is recorded and how waits are kept is not imitated
// here: the end's own loop runs, over a queue that does nothing.

/** Stamps that are one reading. */
const STAMPS = 256
/** A gap between two readings of the clock that is not the clock's own. */
const GAP_NS = 1000
/** Readings of the clock between two looks at whether it is time to stop. */
const LOOKS = 64
/** Waits of each length. */
const MIN_WAITS = 3
const MAX_WAITS = 9
/** More than are pushed in a batch, at two clock readings each. */
const ROWS = 4096
/** Batches that are read, if need be, beyond the time that was given, and how far beyond. */
const MIN_BATCHES = 32
const PATIENCE_NS = 200e6
const BATCH_NS = 100_000
const BATCH_ITEMS = 500
/**
 * How much longer readings go on uncounted than counted. An end of another kind makes V8 throw the loop's code away
 * that the phases had, and it compiles anew beside us: in 10 to 30 ms on two CPUs.
 */
const WARMING_BUDGETS = 3
/** So short that the next item is always due: the paced path without its waits. */
const OVERDUE_NS = 40

/** Whether another batch is to be read: some are, also where others took the CPU for all of the time. */
function moreBatches(done: number, endNs: number): boolean {
  const now = nowNs()
  return now < endNs || (done < MIN_BATCHES && now < endNs + PATIENCE_NS)
}

function readStampsInto(column: BigUint64Array): number {
  for (let row = 0; row < STAMPS; row++) column[row] = monotonicClock.now()
  return Number((column[STAMPS - 1] as bigint) - (column[0] as bigint)) / (STAMPS - 1)
}

function readStamps(budgetNs: number): number[] {
  const column = new BigUint64Array(new SharedArrayBuffer(8 * STAMPS))
  const readings: number[] = []
  const beginNs = nowNs() + WARMING_BUDGETS * budgetNs
  while (nowNs() < beginNs) readStampsInto(column)
  while (moreBatches(readings.length, beginNs + budgetNs)) readings.push(readStampsInto(column))
  return readings
}

function watchNoise(budgetNs: number): HostNoise {
  let gaps = 0
  let lostNs = 0
  let largest = 0
  const startNs = nowNs()
  const endNs = startNs + budgetNs
  let last = startNs
  while (last < endNs) {
    for (let look = 0; look < LOOKS; look++) {
      const now = nowNs()
      const gap = now - last
      if (gap > largest) largest = gap
      if (gap > GAP_NS) {
        gaps++
        lostNs += gap
      }
      last = now
    }
  }
  return { watched_ns: last - startNs, largest_gap_ns: largest, gaps, share: lostNs / (last - startNs) }
}

/** Short runs before the one that counts: until it is compiled, a reading of the clock takes as long as a gap. */
const WARMING_RUNS = 20

function readNoise(budgetNs: number): HostNoise {
  for (let run = 0; run < WARMING_RUNS; run++) watchNoise(budgetNs / WARMING_RUNS)
  return watchNoise(budgetNs)
}

/** Everything is pushed at once and nothing is kept. */
class NoQueue implements ProducerEnd {
  readonly closed = false
  close(): void {}
  tryPush(): boolean {
    return true
  }
  push(): boolean {
    return true
  }
  async pushAsync(): Promise<boolean> {
    return true
  }
}

/** {@link BATCH_ITEMS} items are there at once, and then the end of the phase. */
class FullQueue implements ConsumerEnd {
  readonly closed = false
  #next = 0
  close(): void {}
  tryPop(): number {
    if (this.#next < BATCH_ITEMS) return this.#next++
    this.#next = 0
    return END
  }
  pop(): number {
    return this.tryPop()
  }
}

/** What the loops go by, with nothing that would add work of its own. */
function bare({ prodIntervalUs, onFull, wait }: Scenario, cpu: number) {
  const scenario = parseScenario('certificate', { prodIntervalUs, onFull, wait, pacing: 'spin' })
  return { scenario, cpu, faults: [] }
}

function phaseOf(durationNs: number, intervalNs: number, stamped: boolean): Phase {
  return { name: intervalNs > 0 ? 'paced' : 'sampled', durationNs, intervalNs, settleNs: 0, stamped }
}

/** Batches in turns, so that a change of the machine's pace falls on both; those left out are compiled meanwhile. */
async function compareRecorder(budgetNs: number, batch: (stamped: boolean) => Promise<number>) {
  const recorded: number[] = []
  const unrecorded: number[] = []
  const beginNs = nowNs() + WARMING_BUDGETS * budgetNs
  while (nowNs() < beginNs) for (const stamped of [true, false]) await batch(stamped)
  while (moreBatches(recorded.length, beginNs + budgetNs)) {
    recorded.push(await batch(true))
    unrecorded.push(await batch(false))
  }
  return { recorded, unrecorded }
}

function recordAllRows(): Trace {
  const trace = createTrace(ROWS)
  planTrace(trace, 1, Math.random)
  return trace
}

/** How late the producer comes back from waits, by rounds of one wait of each length. */
function readWaits(scenario: Scenario, { waitsNs, pacerNs }: CertificatePlan): AloneReadings['pacer'] {
  const waitUntil = waitUntilFor(scenario)
  const pacer = waitsNs.map((waitNs) => ({ waitNs, overshoot: [] as number[] }))
  const endNs = nowNs() + pacerNs
  for (let round = 0; round < MAX_WAITS && (round < MIN_WAITS || nowNs() < endNs); round++) {
    for (const { waitNs, overshoot } of pacer) {
      const dueNs = nowNs() + waitNs
      waitUntil(dueNs)
      overshoot.push(nowNs() - dueNs)
    }
  }
  return pacer
}

async function producerAlone(
  scenario: Scenario,
  supports: Supports,
  cpu: number,
  plan: CertificatePlan,
): Promise<AloneReadings> {
  const trace = recordAllRows()
  const loop = new ProducerLoop(new NoQueue(), supports, { ...bare(scenario, cpu), seed: 1 }, trace)
  const intervalNs = scenario.prodIntervalUs === 0 ? 0 : OVERDUE_NS
  const stamp = readStamps(plan.stampNs)
  const recorder = await compareRecorder(plan.recorderNs, async (stamped) => {
    const { offered, startNs, offersEndNs } = await loop.run(phaseOf(BATCH_NS, intervalNs, stamped))
    return offered < ROWS || !stamped ? (offersEndNs - startNs) / offered : Number.NaN
  })
  const noise = readNoise(plan.noiseNs)
  const pacer = readWaits(scenario, plan)
  return { stamp, ...recorder, noise, pacer }
}

async function consumerAlone(
  scenario: Scenario,
  supports: Supports,
  cpu: number,
  plan: CertificatePlan,
): Promise<AloneReadings> {
  const loop = new ConsumerLoop(new FullQueue(), supports, bare(scenario, cpu), recordAllRows())
  const stamp = readStamps(plan.stampNs)
  const recorder = await compareRecorder(plan.recorderNs, async (stamped) => {
    const startNs = nowNs()
    const { endNs } = await loop.run(phaseOf(BATCH_NS, 0, stamped))
    return (Number(endNs) - startNs) / BATCH_ITEMS
  })
  return { stamp, ...recorder, noise: readNoise(plan.noiseNs), pacer: [] }
}

/** What a thread reads while the other one is parked. */
export function readAlone(
  role: Role,
  scenario: Scenario,
  supports: Supports,
  cpu: number,
  plan: CertificatePlan,
): Promise<AloneReadings> {
  return role === 'producer'
    ? producerAlone(scenario, supports, cpu, plan)
    : consumerAlone(scenario, supports, cpu, plan)
}
