import type { CertificatePlan, TripTimes } from './certificate.js'
import { nowNs } from './clock.js'
import type { Role } from './queue.js'

/** Bytes of shared memory for {@link readTogether}: the word, and a flag for each thread that sleeps, in lines of their own. */
export const TRIP_BYTES = 3 * 128
const WORD = 0
const SLEEPS = { producer: 32, consumer: 64 } as const
const OVER = -1

/** Trips that are made, if need be, beyond the time that was given. */
const MIN_TRIPS = 200
const MAX_TRIPS = 10_000
/** Looks before sleeping: some 50 µs, which is an answer from another CPU. */
const SPINS = 20_000
/** Looks of a thread that slept the last time: its peer may have the same CPU, and waits for it while it looks. */
const FEW_SPINS = 100
/** Of so many trips, the first ones try the long look again: two threads that only sleep and wake would stay at that. */
const CYCLE = 16
const LONG_LOOKS = 4
/** Longer than a thread that is alive leaves a word lying. */
const PATIENCE_MS = 1000
/** How far beyond the time that was given. */
const PATIENCE_NS = 200e6

/** Sends the word and waits for what comes back. Both stamp as they send and as they see. */
class Trips {
  readonly #words: Int32Array
  readonly #mine: number
  readonly #other: number
  #slept = false

  constructor(memory: SharedArrayBuffer, role: Role) {
    this.#words = new Int32Array(memory)
    this.#mine = SLEEPS[role]
    this.#other = SLEEPS[role === 'producer' ? 'consumer' : 'producer']
  }

  send(word: number): void {
    Atomics.store(this.#words, WORD, word)
    if (Atomics.load(this.#words, this.#other) === 1) Atomics.notify(this.#words, WORD)
  }

  /** Waits in a trip while the word is `seen`, and returns what it is then. */
  await(seen: number, trip: number): number {
    const words = this.#words
    const spins = this.#slept && trip % CYCLE >= LONG_LOOKS ? FEW_SPINS : SPINS
    this.#slept = false
    for (let spin = 0; spin < spins; spin++) {
      const word = Atomics.load(words, WORD)
      if (word !== seen) return word
    }
    this.#slept = true
    // The flag before the look, as the sender looks at the flag after the store.
    Atomics.store(words, this.#mine, 1)
    const untilMs = performance.now() + PATIENCE_MS
    let word = Atomics.load(words, WORD)
    for (; word === seen && performance.now() < untilMs; word = Atomics.load(words, WORD)) {
      Atomics.wait(words, WORD, seen, PATIENCE_MS)
    }
    Atomics.store(words, this.#mine, 0)
    return word === seen ? OVER : word
  }
}

/**
 * Sends a word to and fro with the other thread, which calls this at the same time.
 *
 * ```
 * word   0   1   2   3   4  …  OVER        odd: on its way to the consumer, even: on its way back
 * ```
 * @param memory {@link TRIP_BYTES} of zeros, the same for both
 */
export function readTogether(role: Role, memory: SharedArrayBuffer, { tripsNs }: CertificatePlan): TripTimes {
  const trips = new Trips(memory, role)
  const sent = new Float64Array(MAX_TRIPS)
  const seen = new Float64Array(MAX_TRIPS)
  let trip = 0
  if (role === 'producer') {
    const endNs = nowNs() + tripsNs
    for (let now = 0; trip < (now < endNs ? MAX_TRIPS : MIN_TRIPS) && now < endNs + PATIENCE_NS; trip++) {
      sent[trip] = nowNs()
      trips.send(2 * trip + 1)
      if (trips.await(2 * trip + 1, trip) === OVER) break
      now = nowNs()
      seen[trip] = now
    }
    trips.send(OVER)
  } else {
    for (; trips.await(2 * trip, trip) !== OVER; trip++) {
      seen[trip] = nowNs()
      sent[trip] = nowNs()
      trips.send(2 * trip + 2)
    }
  }
  return { sent: sent.slice(0, trip), seen: seen.slice(0, trip) }
}
