import { sleep } from './derive.js'
import { nowNs, storeNs } from './node-clock.js'
import type { Phase } from './pipeline.js'
import type { Producer } from './queue.js'
import type { Scenario } from './scenario.js'
import { END, SEQUENCE_MASK } from './sequence.js'
import type { Trace } from './trace.js'

export interface ProducerCounts {
  readonly offered: number
  readonly dropped: number
  readonly startNs: number
}

/** Items offered between two looks at the clock when nothing paces them: the look costs as much as several pushes. */
const ITEMS_PER_LOOK = 256
/** The consumer is on its way into its wait when the gate opens; the first item gives it this long. */
const SETTLE_NS = 1e6
/** `yield`: the shortest sleep there is, since JavaScript can't give a time slice away. The kernel makes it ~55 µs. */
export const YIELD_MS = 0.001

/** One attempt to hand over a value as the scenario wants it when the queue is full. `false`: dropped. */
type Push = (value: number) => boolean

function pushFor(producer: Producer, { onFull, wait }: Scenario): Push {
  if (onFull === 'drop') return (value) => producer.tryPush(value)
  if (wait === 'block') return (value) => producer.push(value)
  const pause = wait === 'yield' ? () => sleep(YIELD_MS) : () => {}
  return (value) => {
    while (!producer.tryPush(value)) pause()
    return true
  }
}

function waitUntilFor({ pacing }: Scenario): (dueNs: number) => void {
  if (pacing === 'spin') {
    return (dueNs) => {
      while (nowNs() < dueNs);
    }
  }
  return (dueNs) => {
    const leftNs = dueNs - nowNs()
    if (leftNs > 0) sleep(leftNs / 1e6)
  }
}

/** Offers the items of one phase, stamps the sampled ones, and ends the phase with {@link END}. */
export class ProducerLoop {
  readonly #push: Push
  readonly #waitUntil: (dueNs: number) => void
  readonly #producer: Producer
  readonly #scenario: Scenario
  readonly #trace: Trace
  readonly #dueHalves: Uint32Array
  readonly #cpu: number
  readonly #random: () => number

  constructor(producer: Producer, scenario: Scenario, trace: Trace, cpu: number, random: () => number) {
    this.#producer = producer
    this.#scenario = scenario
    this.#trace = trace
    this.#dueHalves = new Uint32Array(trace.due.buffer, trace.due.byteOffset, 2 * trace.rows)
    this.#cpu = cpu
    this.#random = random
    this.#push = pushFor(producer, scenario)
    this.#waitUntil = waitUntilFor(scenario)
  }

  run(phase: Phase): ProducerCounts {
    const counts = phase.intervalNs === 0 ? this.#offerFlatOut(phase) : this.#offerPaced(phase)
    this.#producer.push(END)
    return counts
  }

  /** Interval 0: due is when the producer gets to it. */
  #offerFlatOut(phase: Phase): ProducerCounts {
    const push = this.#push
    const { number } = this.#trace
    let offered = 0
    let dropped = 0
    let row = 0
    let sampled = phase.stamped ? (number[0] as number) : Number.POSITIVE_INFINITY
    const startNs = nowNs()
    const endNs = startNs + phase.durationNs
    do {
      for (const until = offered + ITEMS_PER_LOOK; offered < until; offered++) {
        if (offered === sampled) {
          if (!this.#offerStamped(offered, row, nowNs())) dropped++
          sampled = number[++row] ?? Number.POSITIVE_INFINITY
        } else if (!push(offered & SEQUENCE_MASK)) {
          dropped++
        }
      }
    } while (nowNs() < endNs)
    return { offered, dropped, startNs }
  }

  #offerPaced(phase: Phase): ProducerCounts {
    const { number } = this.#trace
    let offered = 0
    let dropped = 0
    let row = 0
    let sampled = phase.stamped ? (number[0] as number) : Number.POSITIVE_INFINITY
    const startNs = nowNs()
    const endNs = startNs + phase.durationNs
    for (let dueNs = startNs + Math.min(phase.intervalNs, SETTLE_NS); dueNs < endNs; offered++) {
      this.#waitUntil(dueNs)
      // A schedule that back-pressure has pushed past the end stays unfinished: the achieved rate says so.
      if (nowNs() >= endNs) break
      if (offered === sampled) {
        if (!this.#offerStamped(offered, row, dueNs)) dropped++
        sampled = number[++row] ?? Number.POSITIVE_INFINITY
      } else if (!this.#push(offered & SEQUENCE_MASK)) {
        dropped++
      }
      // A relative sleep starts anew from wherever the item left it; the other pacings keep to their schedule.
      dueNs = (this.#scenario.pacing === 'sleep' ? nowNs() : dueNs) + this.#gapNs(phase.intervalNs)
    }
    this.#waitUntil(endNs)
    return { offered, dropped, startNs }
  }

  /** Exponential gaps by inversion: −ln(1 − u) · mean. */
  #gapNs(meanNs: number): number {
    return this.#scenario.arrival === 'fixed' ? meanNs : -Math.log(1 - this.#random()) * meanNs
  }

  #offerStamped(item: number, row: number, dueNs: number): boolean {
    const { sent, pushed, producerCpu } = this.#trace
    storeNs(this.#dueHalves, row, dueNs)
    producerCpu[row] = this.#cpu
    sent[row] = process.hrtime.bigint()
    if (!this.#push(item & SEQUENCE_MASK)) return false
    pushed[row] = process.hrtime.bigint()
    return true
  }
}
