import { monotonicClock, nowNs, storeNs } from './clock.js'
import { deriveProducer } from './derive.js'
import type { Phase } from './pipeline.js'
import type { ProducerEnd } from './queue.js'
import { seededRandom } from './random.js'
import type { Scenario } from './scenario.js'
import { END, SEQUENCE_MASK } from './sequence.js'
import type { Trace } from './trace.js'
import { pauseFor, sleep } from './waiting.js'

export interface ProducerCounts {
  readonly offered: number
  readonly dropped: number
  readonly scheduled: number
  readonly startNs: number
  readonly offersEndNs: number
}

/** A look at the clock costs as much as several pushes: at interval 0 there is one in this time, or every 1024 items. */
const LOOK_NS = 20_000
const MAX_BURST = 1024

/** One attempt to hand over a value as the scenario wants it when the queue is full. `false`: dropped. */
type Push = (value: number) => boolean

function pushFor(end: ProducerEnd, { onFull, wait }: Scenario): Push {
  if (onFull === 'drop') return (value) => end.tryPush(value)
  if (wait === 'block') {
    const producer = deriveProducer(end)
    return (value) => producer.push(value)
  }
  const pause = pauseFor(wait)
  return (value) => {
    while (!end.tryPush(value)) pause()
    return true
  }
}

function spinUntil(dueNs: number): void {
  while (nowNs() < dueNs);
}

function waitUntilFor({ pacing }: Scenario): (dueNs: number) => void {
  if (pacing === 'spin') return spinUntil
  return (dueNs) => {
    const leftNs = dueNs - nowNs()
    if (leftNs > 0) sleep(leftNs / 1e6)
    // V8 cuts the time-out to whole microseconds, so the sleep may end up to one early.
    spinUntil(dueNs)
  }
}

/** Offers the items of one phase, stamps the sampled ones, and ends the phase with {@link END}. */
export class ProducerLoop {
  readonly #push: Push
  readonly #pushEnd: () => void
  readonly #waitUntil: (dueNs: number) => void
  readonly #scenario: Scenario
  readonly #trace: Trace
  readonly #dueHalves: Uint32Array
  readonly #cpu: number
  readonly #seed: number
  #random: () => number

  constructor(end: ProducerEnd, scenario: Scenario, trace: Trace, cpu: number, seed: number) {
    this.#scenario = scenario
    this.#trace = trace
    this.#dueHalves = new Uint32Array(trace.due.buffer, trace.due.byteOffset, 2 * trace.rows)
    this.#cpu = cpu
    // Another sequence than the choice of samples, which the same seed draws.
    this.#seed = seed ^ 0x9e3779b9
    this.#random = seededRandom(this.#seed)
    this.#push = pushFor(end, scenario)
    const pushAtLast = pushFor(end, { ...scenario, onFull: 'block' })
    this.#pushEnd = () => pushAtLast(END)
    this.#waitUntil = waitUntilFor(scenario)
  }

  run(phase: Phase): ProducerCounts {
    // Anew in each phase: how many gaps the last one drew is the machine's doing.
    this.#random = seededRandom(this.#seed)
    const startNs = nowNs() + phase.settleNs
    this.#waitUntil(startNs)
    const counts = phase.intervalNs === 0 ? this.#offerFlatOut(phase, startNs) : this.#offerPaced(phase, startNs)
    this.#pushEnd()
    return { ...counts, startNs }
  }

  /** Interval 0: nothing is due at a time, so `due` stays absent. */
  #offerFlatOut(phase: Phase, startNs: number): Omit<ProducerCounts, 'startNs'> {
    const push = this.#push
    const { number } = this.#trace
    const endNs = startNs + phase.durationNs
    let offered = 0
    let dropped = 0
    let row = 0
    let sampled = phase.stamped ? (number[0] as number) : Number.POSITIVE_INFINITY
    let burst = 1
    let lookedNs = startNs
    do {
      for (const until = offered + burst; offered < until; offered++) {
        if (offered === sampled) {
          if (!this.#offerStamped(offered, row)) dropped++
          sampled = number[++row] as number
        } else if (!push(offered & SEQUENCE_MASK)) {
          dropped++
        }
      }
      const now = nowNs()
      burst = now - lookedNs > LOOK_NS ? Math.max(1, burst >>> 1) : Math.min(MAX_BURST, burst * 2)
      lookedNs = now
    } while (lookedNs < endNs)
    return { offered, dropped, scheduled: offered, offersEndNs: lookedNs }
  }

  #offerPaced(phase: Phase, startNs: number): Omit<ProducerCounts, 'startNs'> {
    const { number } = this.#trace
    const endNs = startNs + phase.durationNs
    let offered = 0
    let dropped = 0
    let row = 0
    let sampled = phase.stamped ? (number[0] as number) : Number.POSITIVE_INFINITY
    let dueNs = startNs
    for (; dueNs < endNs; offered++) {
      this.#waitUntil(dueNs)
      // A schedule that back-pressure has pushed past the end stays unfinished: `scheduled` says how much was left.
      if (nowNs() >= endNs) break
      if (offered === sampled) {
        storeNs(this.#dueHalves, row, dueNs)
        if (!this.#offerStamped(offered, row)) dropped++
        sampled = number[++row] as number
      } else if (!this.#push(offered & SEQUENCE_MASK)) {
        dropped++
      }
      // A relative sleep starts anew from wherever the item left it; the other pacings keep to their schedule.
      dueNs = (this.#scenario.pacing === 'sleep' ? nowNs() : dueNs) + this.#gapNs(phase.intervalNs)
    }
    let scheduled = offered
    for (; dueNs < endNs; dueNs += this.#gapNs(phase.intervalNs)) scheduled++
    this.#waitUntil(endNs)
    return { offered, dropped, scheduled, offersEndNs: nowNs() }
  }

  /** Exponential gaps by inversion: −ln(1 − u) · mean. */
  #gapNs(meanNs: number): number {
    return this.#scenario.arrival === 'fixed' ? meanNs : -Math.log(1 - this.#random()) * meanNs
  }

  #offerStamped(item: number, row: number): boolean {
    const { sent, pushed, producerCpu } = this.#trace
    producerCpu[row] = this.#cpu
    sent[row] = monotonicClock.now()
    if (!this.#push(item & SEQUENCE_MASK)) return false
    pushed[row] = monotonicClock.now()
    return true
  }
}
