import { monotonicClock, nowNs, storeNs } from './clock.js'
import { deriveProducer } from './derive.js'
import { FaultLoop } from './fault-loop.js'
import { runDelayNs, runDelaySince } from './kernel-thread.js'
import type { Phase, PhaseCounts } from './pipeline.js'
import type { Producer, ProducerEnd, Supports } from './queue.js'
import { seededRandom } from './random.js'
import type { Scenario } from './scenario.js'
import { END, SEQUENCE_MASK } from './sequence.js'
import type { Trace } from './trace.js'
import { pauseFor, sleep, waitsOnEventLoop } from './waiting.js'
import type { WorkerSetup } from './worker-protocol.js'

export interface ProducerCounts extends Pick<PhaseCounts, 'blockedNs' | 'lateNs' | 'producerRunDelayNs'> {
  readonly offered: number
  readonly dropped: number
  readonly scheduled: number
  readonly startNs: number
  readonly offersEndNs: number
}

/** A look at the clock costs as much as several pushes: at interval 0 there is one in this time, or every 1024 items. */
const LOOK_NS = 20_000
const MAX_BURST = 1024
/** Items between two looks where the end waits on its event loop; it also looks after each wait. */
const ASYNC_BURST = 16

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

/** The same for an end that may hold an item back until the next one comes, which is not now: visible when it returns. */
function visible(push: Push, end: ProducerEnd): Push {
  const flush = end.flush?.bind(end)
  if (flush === undefined) return push
  return (value) => {
    const pushed = push(value)
    flush()
    return pushed
  }
}

function spinUntil(dueNs: number): void {
  while (nowNs() < dueNs);
}

/** `false`: it was that late already. */
type WaitUntil = (dueNs: number) => boolean

/** How the producer waits for an item to be due. */
export function waitUntilFor({ pacing }: Scenario): WaitUntil {
  return (dueNs) => {
    const leftNs = dueNs - nowNs()
    if (leftNs <= 0) return false
    if (pacing !== 'spin') sleep(leftNs / 1e6)
    // V8 cuts the time-out to whole microseconds, so the sleep may end up to one early.
    spinUntil(dueNs)
    return true
  }
}

type Offers = Omit<ProducerCounts, 'startNs' | 'producerRunDelayNs'>

/** Offers the items of one phase, stamps the sampled ones, and ends the phase with {@link END}. */
export class ProducerLoop {
  /** For items that come one upon the other, as the queue likes them best. */
  readonly #push: Push
  /** For items with a pause after them. */
  readonly #pushVisibly: Push
  /** The same, which takes the time that it waits for room. */
  readonly #pushPaced: Push
  /** Waits for room, also where `#push` drops. */
  readonly #pushEnd: () => unknown
  /** Only where the end waits for room on its event loop. */
  readonly #pushAsync: Producer['pushAsync'] | undefined
  readonly #waitUntil: WaitUntil
  /** Between the wait for an item's time and `woke`, and between that and `sent`. */
  readonly #pacerFault: FaultLoop | undefined
  readonly #producerFault: FaultLoop | undefined
  readonly #scenario: Scenario
  readonly #trace: Trace
  readonly #dueHalves: Uint32Array
  readonly #wokeHalves: Uint32Array
  readonly #cpu: number
  readonly #seed: number
  #random: () => number
  /** In pushes that waited for room, in this phase. */
  #blockedNs = 0
  /** Past the due times that were waited for, in this phase. */
  #lateNs = 0

  constructor(
    end: ProducerEnd,
    supports: Supports,
    { scenario, cpu, seed, faults }: Pick<WorkerSetup, 'scenario' | 'cpu' | 'seed' | 'faults'>,
    trace: Trace,
  ) {
    this.#scenario = scenario
    this.#trace = trace
    const halves = ({ buffer, byteOffset }: BigUint64Array) => new Uint32Array(buffer, byteOffset, 2 * trace.rows)
    this.#dueHalves = halves(trace.due)
    this.#wokeHalves = halves(trace.woke)
    this.#pacerFault = FaultLoop.at('pacer', faults)
    this.#producerFault = FaultLoop.at('producer', faults)
    this.#cpu = cpu
    // Another sequence than the choice of samples, which the same seed draws.
    this.#seed = seed ^ 0x9e3779b9
    this.#random = seededRandom(this.#seed)
    if (waitsOnEventLoop(scenario, supports)) {
      const { pushAsync } = deriveProducer(end)
      this.#push = pushFor(end, { ...scenario, onFull: 'drop' })
      this.#pushAsync = scenario.onFull === 'block' ? pushAsync : undefined
      this.#pushEnd = () => pushAsync(END)
    } else {
      const pushAtLast = visible(pushFor(end, { ...scenario, onFull: 'block' }), end)
      this.#push = pushFor(end, scenario)
      this.#pushEnd = () => pushAtLast(END)
    }
    this.#pushVisibly = visible(this.#push, end)
    const tryVisibly = visible((value) => end.tryPush(value), end)
    this.#pushPaced = scenario.onFull === 'drop' ? tryVisibly : (value) => tryVisibly(value) || this.#pushBlocked(value)
    this.#waitUntil = waitUntilFor(scenario)
  }

  async run(phase: Phase): Promise<ProducerCounts> {
    // Anew in each phase: how many gaps the last one drew is the machine's doing.
    this.#random = seededRandom(this.#seed)
    this.#blockedNs = 0
    this.#lateNs = 0
    const delayNs = runDelayNs()
    const startNs = nowNs() + phase.settleNs
    this.#pacerFault?.begin()
    this.#producerFault?.begin()
    this.#waitUntil(startNs)
    const offers = await this.#offer(phase, startNs)
    const producerRunDelayNs = runDelaySince(delayNs)
    await this.#pushEnd()
    return { ...offers, startNs, producerRunDelayNs }
  }

  #pushBlocked(value: number): boolean {
    const fromNs = nowNs()
    const pushed = this.#pushVisibly(value)
    this.#blockedNs += nowNs() - fromNs
    return pushed
  }

  #offer(phase: Phase, startNs: number): Offers | Promise<Offers> {
    if (this.#pushAsync !== undefined) return this.#offerAsync(phase, startNs, this.#pushAsync)
    return phase.intervalNs === 0 ? this.#offerFlatOut(phase, startNs) : this.#offerPaced(phase, startNs)
  }

  /** Interval 0: nothing is due at a time, so `due` stays absent. */
  #offerFlatOut(phase: Phase, startNs: number): Offers {
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
          if (!this.#offerStamped(offered, row, push)) dropped++
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

  #offerPaced(phase: Phase, startNs: number): Offers {
    const { number } = this.#trace
    const endNs = startNs + phase.durationNs
    let offered = 0
    let dropped = 0
    let row = 0
    let sampled = phase.stamped ? (number[0] as number) : Number.POSITIVE_INFINITY
    let dueNs = startNs
    let left = this.#scenario.burst
    for (; dueNs < endNs; offered++) {
      const wokeNs = this.#awaitDue(dueNs, endNs)
      // A schedule that back-pressure has pushed past the end stays unfinished: `scheduled` says how much was left.
      if (wokeNs >= endNs) break
      this.#producerFault?.strike()
      if (offered === sampled) {
        storeNs(this.#dueHalves, row, dueNs)
        storeNs(this.#wokeHalves, row, wokeNs)
        if (!this.#offerStamped(offered, row, this.#pushPaced)) dropped++
        sampled = number[++row] as number
      } else if (!this.#pushPaced(offered & SEQUENCE_MASK)) {
        dropped++
      }
      if (--left === 0) {
        left = this.#scenario.burst
        dueNs = this.#nextDueNs(dueNs, phase.intervalNs)
      }
    }
    const scheduled = offered + this.#unoffered(endNs, dueNs, left, phase.intervalNs)
    this.#waitUntil(endNs)
    return { offered, dropped, scheduled, offersEndNs: nowNs(), blockedNs: this.#blockedNs, lateNs: this.#lateNs }
  }

  /**
   * Either of these for an end that waits for room on its event loop. They are not async themselves: a loop that may be
   * suspended costs more for every item.
   */
  async #offerAsync(phase: Phase, startNs: number, pushAsync: Producer['pushAsync']): Promise<Offers> {
    const { number, sent, pushed, producerCpu } = this.#trace
    const paced = phase.intervalNs > 0
    const push = paced ? this.#pushVisibly : this.#push
    const endNs = startNs + phase.durationNs
    let offered = 0
    let row = 0
    let sampled = phase.stamped ? (number[0] as number) : Number.POSITIVE_INFINITY
    let dueNs = startNs
    let left = this.#scenario.burst
    let waited = false
    for (; dueNs < endNs; offered++) {
      let wokeNs = 0
      if (paced) wokeNs = this.#awaitDue(dueNs, endNs)
      else if (waited || offered % ASYNC_BURST === 0) wokeNs = nowNs()
      if (wokeNs >= endNs) break
      if (paced) this.#producerFault?.strike()
      const value = offered & SEQUENCE_MASK
      if (offered === sampled) {
        if (paced) {
          storeNs(this.#dueHalves, row, dueNs)
          storeNs(this.#wokeHalves, row, wokeNs)
        }
        producerCpu[row] = this.#cpu
        sent[row] = monotonicClock.now()
      }
      waited = !push(value)
      if (waited) {
        const fromNs = nowNs()
        await pushAsync(value)
        this.#blockedNs += nowNs() - fromNs
      }
      if (offered === sampled) {
        pushed[row] = monotonicClock.now()
        sampled = number[++row] as number
      }
      if (paced && --left === 0) {
        left = this.#scenario.burst
        dueNs = this.#nextDueNs(dueNs, phase.intervalNs)
      }
    }
    const scheduled = paced ? offered + this.#unoffered(endNs, dueNs, left, phase.intervalNs) : offered
    this.#waitUntil(endNs)
    const account = paced ? { blockedNs: this.#blockedNs, lateNs: this.#lateNs } : {}
    return { offered, dropped: 0, scheduled, offersEndNs: nowNs(), ...account }
  }

  /** When that wait was over. What of it was late is of the phase, which a last long sleep may leave behind. */
  #awaitDue(dueNs: number, endNs: number): number {
    const waited = this.#waitUntil(dueNs)
    this.#pacerFault?.strike()
    const wokeNs = nowNs()
    if (waited) this.#lateNs += Math.min(wokeNs, endNs) - dueNs
    return wokeNs
  }

  /** A relative sleep starts anew from wherever the item left it; the other pacings keep to their schedule. */
  #nextDueNs(dueNs: number, intervalNs: number): number {
    return (this.#scenario.pacing === 'sleep' ? nowNs() : dueNs) + this.#gapNs(intervalNs)
  }

  /** Items that were due until the end: `left` at `dueNs`, and the bursts after. */
  #unoffered(endNs: number, dueNs: number, left: number, intervalNs: number): number {
    const { burst } = this.#scenario
    let bursts = 0
    for (let at = dueNs; at < endNs; at += this.#gapNs(intervalNs)) bursts++
    return bursts === 0 ? 0 : left + (bursts - 1) * burst
  }

  /** From one burst to the next. Exponential gaps by inversion: −ln(1 − u) · mean. */
  #gapNs(intervalNs: number): number {
    const { arrival, burst } = this.#scenario
    const meanNs = intervalNs * burst
    return arrival === 'fixed' ? meanNs : -Math.log(1 - this.#random()) * meanNs
  }

  #offerStamped(item: number, row: number, push: Push): boolean {
    const { sent, pushed, producerCpu } = this.#trace
    producerCpu[row] = this.#cpu
    sent[row] = monotonicClock.now()
    if (!push(item & SEQUENCE_MASK)) return false
    pushed[row] = monotonicClock.now()
    return true
  }
}
