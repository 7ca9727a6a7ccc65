import type { Clock } from './clock.js'

/**
 * Node's common clock of all threads: CLOCK_MONOTONIC, 30 to 60 ns a call. `performance.now()` restarts in each worker.
 * Stamps go straight into a BigUint64Array, where V8 keeps them as machine words and allocates nothing.
 */
export const monotonicClock: Clock = { name: 'hrtime', now: () => process.hrtime.bigint() }

const scratch = new BigUint64Array(1)
const halves = new Uint32Array(scratch.buffer)

/** The same clock as a number: exact for 104 days of uptime, then to 2 ns. Allocates nothing, unlike `Number(bigint)`. */
export function nowNs(): number {
  scratch[0] = process.hrtime.bigint()
  return (halves[1] as number) * 2 ** 32 + (halves[0] as number)
}

/** Writes a number of nanoseconds into a u64 column seen as 32-bit halves (little-endian, as every machine Node runs on but s390x). */
export function storeNs(columnHalves: Uint32Array, row: number, ns: number): void {
  const high = Math.floor(ns / 2 ** 32)
  columnHalves[2 * row] = ns - high * 2 ** 32
  columnHalves[2 * row + 1] = high
}
