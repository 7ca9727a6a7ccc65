/** The one monotonic clock of a run: nanoseconds from an arbitrary origin, common to all threads. */
export interface Clock {
  readonly name: string
  /** How far apart two threads may read the same moment, in nanoseconds. */
  readonly errorNs: number
  now(): bigint
}

/** Deno and Bun have a `process` too, but start its hrtime anew in each worker (seen in Deno 2.9.6 and Bun 1.4.5). */
const versions = globalThis.process?.versions as NodeJS.ProcessVersions | undefined
const hrtimeIsCommon = versions?.node !== undefined && versions.bun === undefined && versions.deno === undefined

/** Numbers of nanoseconds from here on: from 1970 on they would be multiples of 256. */
const EPOCH_MS = Date.UTC(2026, 0, 1)

/** Whole nanoseconds since {@link EPOCH_MS}. `timeOrigin` moves the clock of each thread to the one that all have in common. */
function sharedNs(): number {
  return Math.round((performance.timeOrigin - EPOCH_MS + performance.now()) * 1e6)
}

/**
 * Node: CLOCK_MONOTONIC, 30 to 60 ns a call. Stamps go straight into a BigUint64Array, where V8 keeps them as machine
 * words and allocates nothing.
 *
 * Elsewhere: `performance.timeOrigin + performance.now()`. A `timeOrigin` is a multiple of 0.24 µs, is read from the
 * system's clock a moment before or after its thread's zero (up to 0.3 µs apart in Bun, 1.4 in Deno), and pages get times
 * in steps of 5 µs.
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

/** Writes a number of nanoseconds into a u64 column seen as 32-bit halves (little-endian, as every machine Node runs on but s390x). */
export function storeNs(columnHalves: Uint32Array, row: number, ns: number): void {
  const high = Math.floor(ns / 2 ** 32)
  columnHalves[2 * row] = ns - high * 2 ** 32
  columnHalves[2 * row + 1] = high
}
