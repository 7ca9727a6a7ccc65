import { Worker } from 'node:worker_threads'
import { errorMessage, isUnavailable, type Unavailable, unavailable } from '@spsc/core'
import type { PinThread } from '@spsc/core/driver'
import type { FromPlayer, PingPongSetup, Role } from './ping-pong-protocol.js'
import { STOP } from './ping-pong-protocol.js'

/** Pairs that are measured at most: all of eight CPUs. */
const MAX_PAIRS = 28
const BATCH_ROUNDS = 500
const WARM_UP_NS = 5e6
const BUDGET_NS = 10e6
const MIN_BATCHES = 5
const DEADLINE_MS = 10_000
/** Longer than any cache line, so that nothing else shares the word's. */
const WORD_BYTES = 256

/** Nanoseconds until a change of a word has been seen and answered: the line travels there and back. */
export interface RoundTrip {
  /** Over batches of 500 round trips each. */
  readonly median_ns: number
  readonly min_ns: number
  readonly max_ns: number
  readonly batches: number
}

export interface PingPong {
  readonly pairs: readonly { readonly cpus: readonly [number, number]; readonly round_trip: RoundTrip | Unavailable }[]
  /** Pairs that the allowed CPUs form; more than were measured where there are more than 28. */
  readonly of: number
}

export interface PingPongOptions {
  /** How the two threads are pinned. */
  readonly pinThread: PinThread
  /** Milliseconds for all pairs together; what is not measured by then is unavailable (default 10000). */
  readonly deadlineMs?: number
}

/** One thread as a sequence of messages, each asked for once; its death is the answer to whatever is asked. */
class Player {
  readonly #worker: Worker
  readonly #early: (FromPlayer | Error)[] = []
  #answer: ((message: FromPlayer | Error) => void) | undefined

  constructor(setup: PingPongSetup) {
    this.#worker = new Worker(new URL(import.meta.resolve('@spsc/perf/ping-pong-worker')), { workerData: setup })
    this.#worker.on('message', (message: FromPlayer) => this.#settle(message))
    this.#worker.on('error', (error) => this.#settle(error instanceof Error ? error : new Error(String(error))))
    this.#worker.on('exit', () => this.#settle(new Error('a thread of the ping-pong ended')))
  }

  #settle(message: FromPlayer | Error): void {
    if (this.#answer === undefined) this.#early.push(message)
    else this.#answer(message)
    this.#answer = undefined
  }

  async #receive(): Promise<FromPlayer> {
    const message =
      this.#early.shift() ?? (await new Promise<FromPlayer | Error>((resolve) => (this.#answer = resolve)))
    if (message instanceof Error) throw message
    return message
  }

  async tid(): Promise<number> {
    const { tid } = (await this.#receive()) as Extract<FromPlayer, { tid: unknown }>
    if (isUnavailable(tid)) throw new Error(tid.unavailable)
    return tid
  }

  async play(role: Role): Promise<readonly number[]> {
    this.#worker.postMessage(role)
    return ((await this.#receive()) as Extract<FromPlayer, { batches: unknown }>).batches
  }

  /** Ends it even in the middle of a spin. */
  async stop(): Promise<void> {
    await this.#worker.terminate()
  }
}

/** Every pair once, or where there are too many, so many of them at even distances. */
export function choosePairs(cpus: readonly number[], most = MAX_PAIRS): (readonly [number, number])[] {
  const all = cpus.flatMap((first, index) => cpus.slice(index + 1).map((second) => [first, second] as const))
  if (all.length <= most) return all
  return Array.from({ length: most }, (_, index) => all[Math.floor((index * all.length) / most)] as [number, number])
}

function summary(batches: readonly number[]): RoundTrip {
  const sorted = [...batches].sort((a, b) => a - b)
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)]
  const median = ((sorted[low] as number) + (sorted[high] as number)) / 2
  return {
    median_ns: Math.round(median),
    min_ns: Math.round(sorted[0] as number),
    max_ns: Math.round(sorted.at(-1) as number),
    batches: sorted.length,
  }
}

/**
 * How long a cache line takes between two CPUs and back: two threads, pinned, pass one word to and fro, some
 * milliseconds for each pair. Never throws and never hangs.
 *
 * @param cpus that this process may use, ascending
 *
 * @example
 * const result = await pingPong([0, 1], { pinThread })
 * // { pairs: [{ cpus: [0, 1], round_trip: { median_ns: 214, min_ns: 196, max_ns: 402, batches: 93 } }], of: 1 }
 */
export async function pingPong(
  cpus: readonly number[],
  { pinThread, deadlineMs = DEADLINE_MS }: PingPongOptions,
): Promise<PingPong | Unavailable> {
  if (cpus.length < 2) return unavailable(`a pair takes two CPUs; this process may use ${cpus.length}`)
  const word = new SharedArrayBuffer(WORD_BYTES)
  const ball = new Int32Array(word)
  const setup = { word, batchRounds: BATCH_ROUNDS, warmUpNs: WARM_UP_NS, budgetNs: BUDGET_NS, minBatches: MIN_BATCHES }
  const leader = new Player(setup)
  const follower = new Player(setup)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${deadlineMs / 1000} s for all pairs`)), deadlineMs)
  })
  late.catch(() => {})

  const measurePair = async ([first, second]: readonly [number, number], tids: readonly [number, number]) => {
    await pinThread(first, tids[0])
    await pinThread(second, tids[1])
    Atomics.store(ball, 0, 0)
    const [batches] = await Promise.all([leader.play('leader'), follower.play('follower')])
    return summary(batches)
  }
  const chosen = choosePairs(cpus)
  const pairs: PingPong['pairs'][number][] = []
  try {
    const tids = await Promise.race([late, Promise.all([leader.tid(), follower.tid()])])
    for (const pair of chosen)
      pairs.push({ cpus: pair, round_trip: await Promise.race([late, measurePair(pair, tids)]) })
  } catch (error) {
    // Where a pair can't be measured the players are out of step, so the rest can't be either.
    const reason = unavailable(errorMessage(error))
    if (pairs.length === 0) return reason
    for (const cpus of chosen.slice(pairs.length)) pairs.push({ cpus, round_trip: reason })
  } finally {
    clearTimeout(timer)
    Atomics.store(ball, 0, STOP)
    await Promise.all([leader.stop(), follower.stop()])
  }
  return { pairs, of: (cpus.length * (cpus.length - 1)) / 2 }
}
