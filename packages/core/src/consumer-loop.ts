import { monotonicClock } from './clock.js'
import { deriveConsumer } from './derive.js'
import type { Phase } from './pipeline.js'
import type { ConsumerEnd } from './queue.js'
import type { Scenario } from './scenario.js'
import { END, SEQUENCE_MASK } from './sequence.js'
import type { Trace } from './trace.js'
import { pauseFor } from './waiting.js'

export interface ConsumerCounts {
  readonly delivered: number
  readonly outOfOrder: number
  readonly endNs: bigint
}

/** Waits for the next value after the queue was found empty. */
type Await = () => number | undefined

function awaitFor(end: ConsumerEnd, { wait }: Scenario): Await {
  if (wait === 'block') {
    const consumer = deriveConsumer(end)
    return () => consumer.pop()
  }
  const pause = pauseFor(wait)
  return () => {
    for (;;) {
      const value = end.tryPop()
      if (value !== undefined) return value
      pause()
    }
  }
}

/** The consumer's work on one item: reads and writes every byte of a buffer of `bytes`, as the seed did. */
function workOn(bytes: number): () => void {
  const buffer = new Uint8Array(bytes)
  return () => {
    for (let i = 0; i < bytes; i++) buffer[i] = (buffer[i] as number) * 31 + i
  }
}

/** Takes the items of one phase until {@link END}, stamps the sampled ones, and checks that all come in order. */
export class ConsumerLoop {
  readonly #end: ConsumerEnd
  readonly #await: Await
  readonly #work: (() => void) | undefined
  readonly #trace: Trace
  readonly #cpu: number

  constructor(end: ConsumerEnd, scenario: Scenario, trace: Trace, cpu: number) {
    this.#end = end
    this.#await = awaitFor(end, scenario)
    this.#work = scenario.workBytes > 0 ? workOn(scenario.workBytes) : undefined
    this.#trace = trace
    this.#cpu = cpu
  }

  run(phase: Phase): ConsumerCounts {
    const end = this.#end
    const work = this.#work
    const { number, popped, done, consumerCpu, consumerWaited } = this.#trace
    let delivered = 0
    let outOfOrder = 0
    let position = -1
    let last = SEQUENCE_MASK
    let row = 0
    let sampled = phase.stamped ? (number[0] as number) : Number.POSITIVE_INFINITY
    for (;;) {
      let value = end.tryPop()
      const waited = value === undefined
      if (waited) value = this.#await()
      if (value === undefined || value === END) break
      delivered++
      // Numbers only grow; what was dropped leaves a gap. Half the circle ahead means behind.
      const step = (value - last) & SEQUENCE_MASK
      if (step === 0 || step > SEQUENCE_MASK >>> 1) {
        outOfOrder++
      } else {
        last = value
        position += step
      }
      while (sampled < position) sampled = number[++row] as number
      if (position === sampled) {
        popped[row] = monotonicClock.now()
        consumerCpu[row] = this.#cpu
        consumerWaited[row] = waited ? 1 : 0
        work?.()
        done[row] = monotonicClock.now()
        sampled = number[++row] as number
      } else {
        work?.()
      }
    }
    return { delivered, outOfOrder, endNs: monotonicClock.now() }
  }
}
