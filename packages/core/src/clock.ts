/** The one monotonic clock of a run: nanoseconds from an arbitrary origin, common to all threads. */
export interface Clock {
  readonly name: string
  /** How far apart two threads that have called {@link agreeOnTime} may read the same moment, in nanoseconds. */
  readonly errorNs: number
  now(): bigint
}

/** Deno and Bun have a `process` too, but start its hrtime anew in each worker (seen in Deno 2.9.6 and Bun 1.4.5). */
const versions = globalThis.process?.versions as NodeJS.ProcessVersions | undefined
const hrtimeIsCommon = versions?.node !== undefined && versions.bun === undefined && versions.deno === undefined

/** Numbers of nanoseconds from here on: from 1970 on they would be multiples of 256. */
const EPOCH_MS = Date.UTC(2026, 0, 1)

/** What this thread adds to its own clock to read that of another. */
let correctionNs = 0

/** Whole nanoseconds since {@link EPOCH_MS}. */
function sharedNs(): number {
  return Math.round((performance.timeOrigin - EPOCH_MS + performance.now()) * 1e6) + correctionNs
}

/**
 * Node: CLOCK_MONOTONIC, 30 to 60 ns a call. Stamps go straight into a BigUint64Array, where V8 keeps them as machine
 * words and allocates nothing.
 *
 * Elsewhere: `performance.timeOrigin + performance.now()`, by itself common to threads to 1.5 µs as a rule, but now and
 * then to 0.1 ms only (seen in Deno): a thread reads its `timeOrigin` from the system's clock a moment before or after its
 * zero, and may lose the CPU in between. {@link agreeOnTime} mends that. Pages get times in steps of 5 µs.
 */
export const monotonicClock: Clock = hrtimeIsCommon
  ? { name: 'hrtime', errorNs: 0, now: () => process.hrtime.bigint() }
  : { name: 'timeOrigin + now', errorNs: 10_000, now: () => BigInt(sharedNs()) }

const scratch = new BigUint64Array(1)
const halves = new Uint32Array(scratch.buffer)

/** As a number. Allocates nothing, unlike `Number(bigint)`. */
function hrtimeNs(): number {
  scratch[0] = process.hrtime.bigint()
  return (halves[1] as number) * 2 ** 32 + (halves[0] as number)
}

/** The same clock as a number. In Node exact for 104 days of uptime, then to 2 ns; elsewhere to 16 ns. */
export const nowNs: () => number = hrtimeIsCommon ? hrtimeNs : sharedNs

/** Bytes of shared memory for {@link agreeOnTime}, zero at first. */
export const AGREEMENT_BYTES = 16

/** Answers that the follower asks for: the shortest exchange of so many was not interrupted. */
const EXCHANGES = 100
/** Loads tried before sleeping. */
const SPINS = 1000

function awaitTurn(words: Int32Array, turn: number): void {
  for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(words, 0) === turn) return
  for (let seen = Atomics.load(words, 0); seen !== turn; seen = Atomics.load(words, 0)) Atomics.wait(words, 0, seen)
}

function takeTurn(words: Int32Array, turn: number): void {
  Atomics.store(words, 0, turn)
  Atomics.notify(words, 0)
}

/**
 * Makes {@link monotonicClock} one clock of two threads, which call this at the same time and wait for each other. In Node
 * it is one from the start, and nothing is done.
 *
 * ```
 * leader               time
 *                  ask ^  v answer       the follower takes the leader's time for that of the middle,
 * follower      before      after        in the shortest exchange (Cristian 1989)
 * ```
 *
 * @param memory {@link AGREEMENT_BYTES} of zeros, the same for both
 * @throws TypeError where the thread may not block
 */
export function agreeOnTime(memory: SharedArrayBuffer, role: 'leader' | 'follower'): void {
  if (hrtimeIsCommon) return
  const words = new Int32Array(memory, 0, 1)
  const time = new Float64Array(memory, 8, 1)
  let shortest = Number.POSITIVE_INFINITY
  let behindNs = 0
  for (let turn = 1; turn < 2 * EXCHANGES; turn += 2) {
    if (role === 'leader') {
      awaitTurn(words, turn)
      time[0] = sharedNs()
      takeTurn(words, turn + 1)
    } else {
      const before = sharedNs()
      takeTurn(words, turn)
      awaitTurn(words, turn + 1)
      const after = sharedNs()
      if (after - before >= shortest) continue
      shortest = after - before
      behindNs = (time[0] as number) - (before + after) / 2
    }
  }
  correctionNs += Math.round(behindNs)
}

/** Writes a number of nanoseconds into a u64 column seen as 32-bit halves (little-endian, as every machine Node runs on but s390x). */
export function storeNs(columnHalves: Uint32Array, row: number, ns: number): void {
  const high = Math.floor(ns / 2 ** 32)
  columnHalves[2 * row] = ns - high * 2 ** 32
  columnHalves[2 * row + 1] = high
}
