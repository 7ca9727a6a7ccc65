import { monotonicClock } from './clock.js'
import { deriveConsumer } from './derive.js'
import { FaultLoop } from './fault-loop.js'
import { garbageOf } from './garbage.js'
import { injectionsOf } from './injections.js'
import { runDelayNs, runDelaySince } from './kernel-thread.js'
import type { Phase, PhaseCounts } from './pipeline.js'
import type { Consumer, ConsumerEnd, Supports } from './queue.js'
import type { Scenario } from './scenario.js'
import { END, SEQUENCE_MASK } from './sequence.js'
import type { Trace } from './trace.js'
import { pauseFor, waitsOnEventLoop } from './waiting.js'
import type { WorkerSetup } from './worker-protocol.js'

export interface ConsumerCounts extends Pick<PhaseCounts, 'consumerRunDelayNs'> {
  readonly delivered: number
  readonly outOfOrder: number
  readonly endNs: bigint
}

/** Waits for the next value after the queue was found empty. `undefined`: none comes to this thread as it is. */
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

/**
 * An end whose thread waits for items on its event loop. What has come by that waits here to be taken first, by `await`:
 * until then `tryPop` finds nothing.
 */
class AsyncEnd {
  readonly #end: ConsumerEnd
  readonly #popAsync: Consumer['popAsync']
  #arrived: number | undefined

  constructor(end: ConsumerEnd) {
    this.#end = end
    this.#popAsync = deriveConsumer(end).popAsync
  }

  tryPop(): number | undefined {
    return this.#arrived === undefined ? this.#end.tryPop() : undefined
  }

  await(): number | undefined {
    const value = this.#arrived
    this.#arrived = undefined
    return value
  }

  /** `false`: the stream has ended. */
  async arrival(): Promise<boolean> {
    this.#arrived = await this.#popAsync()
    return this.#arrived !== undefined
  }
}

/** What `act` does and gives, with a delay after it where it gives something. */
function heldUp<Value>(act: () => Value, { strike }: FaultLoop): () => Value {
  return () => {
    const value = act()
    if (value !== undefined) strike()
    return value
  }
}

/** The consumer's work on one item with what is put into it; `undefined`: none. */
function serviceOf(scenario: Scenario, fault: FaultLoop | undefined): (() => void) | undefined {
  const parts = [
    ...(scenario.workBytes > 0 ? [workOn(scenario.workBytes)] : []),
    ...injectionsOf(scenario).flatMap(({ garbageBytes }) => (garbageBytes ? [garbageOf(garbageBytes)] : [])),
    ...(fault === undefined ? [] : [fault.strike]),
  ]
  const [only, another] = parts
  if (another === undefined) return only
  return () => {
    for (const part of parts) part()
  }
}

/** How far a phase has come. */
interface Progress {
  delivered: number
  outOfOrder: number
  position: number
  last: number
  row: number
}

/** Takes the items of one phase until {@link END}, stamps the sampled ones, and checks that all come in order. */
export class ConsumerLoop {
  readonly #end: Pick<ConsumerEnd, 'tryPop'>
  readonly #await: Await
  /** Resolves once an item has come, where the thread waits on its event loop. */
  readonly #arrival: () => Promise<boolean>
  readonly #work: (() => void) | undefined
  readonly #trace: Trace
  readonly #cpu: number

  readonly #faults: readonly FaultLoop[]

  constructor(
    end: ConsumerEnd,
    supports: Supports,
    { scenario, cpu, faults }: Pick<WorkerSetup, 'scenario' | 'cpu' | 'faults'>,
    trace: Trace,
  ) {
    if (waitsOnEventLoop(scenario, supports)) {
      const asyncEnd = new AsyncEnd(end)
      this.#end = asyncEnd
      this.#await = () => asyncEnd.await()
      this.#arrival = () => asyncEnd.arrival()
    } else {
      this.#end = end
      this.#await = awaitFor(end, scenario)
      this.#arrival = async () => false
    }
    // Wrapped around what is there, so that a loop without faults has nothing to ask.
    const queueFault = FaultLoop.at('queue', faults)
    if (queueFault !== undefined) {
      const unfaulted = this.#end
      this.#end = { tryPop: heldUp(() => unfaulted.tryPop(), queueFault) }
      this.#await = heldUp(this.#await, queueFault)
    }
    const serviceFault = FaultLoop.at('service', faults)
    this.#work = serviceOf(scenario, serviceFault)
    this.#faults = [queueFault, serviceFault].filter((fault) => fault !== undefined)
    this.#trace = trace
    this.#cpu = cpu
  }

  async run(phase: Phase): Promise<ConsumerCounts> {
    for (const fault of this.#faults) fault.begin()
    const progress = { delivered: 0, outOfOrder: 0, position: -1, last: SEQUENCE_MASK, row: 0 }
    const delayNs = runDelayNs()
    while (!this.#take(phase, progress) && (await this.#arrival()));
    const { delivered, outOfOrder } = progress
    const endNs = monotonicClock.now()
    return { delivered, outOfOrder, endNs, consumerRunDelayNs: runDelaySince(delayNs) }
  }

  /**
   * Takes what comes to this thread as it is; `true`: up to {@link END}. Not async itself: a loop that may be suspended
   * costs more for every item.
   */
  #take(phase: Phase, progress: Progress): boolean {
    const end = this.#end
    const work = this.#work
    const { number, popped, done, consumerCpu, consumerWaited } = this.#trace
    let { delivered, outOfOrder, position, last, row } = progress
    let sampled = phase.stamped ? (number[row] as number) : Number.POSITIVE_INFINITY
    let ended = false
    for (;;) {
      let value = end.tryPop()
      const waited = value === undefined
      if (waited) value = this.#await()
      if (value === undefined || value === END) {
        ended = value === END
        break
      }
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
    progress.delivered = delivered
    progress.outOfOrder = outOfOrder
    progress.position = position
    progress.last = last
    progress.row = row
    return ended
  }
}
