import { DIED, type End, setState } from '../memory.js'
import { flushPending } from '../ring/pending.js'
import { leftUntil } from '../timeout.js'
import { atomicsWaiting } from '../waiting.js'

/*
 * A bounded queue as textbooks have it: one lock, two condition variables, everything else touched under the lock.
 *
 *   byte 128    132         136       140        144       148      152      156
 *        +------+-----------+---------+----------+---------+--------+--------+--------+
 *        | LOCK | NOT_EMPTY | waiters | NOT_FULL | waiters | PUSHED | POPPED | CLOSED |
 *        +------+-----------+---------+----------+---------+--------+--------+--------+
 *   word 32     33          34        35         36        37       38       39
 *
 * One cache line is right here: who holds the lock needs all of it. Item n lives in slot n & (slots - 1); the counts go
 * round modulo 2^32. What is only touched under the lock needs no Atomics: the lock's own exchange orders it.
 */
const LOCK = 32
export const NOT_EMPTY = 33
export const NOT_FULL = 35
/** From a condition to the count of its waiters: up under the lock, lest a signaller miss one; down at any time. */
const WAITERS = 1
export const PUSHED = 37
export const POPPED = 38
/** Bits: which ends have been closed. */
export const CLOSED = 39

const FREE = 0
/** Who holds the lock; the bits of CLOSED are the same. Whoever only looks is neither end. */
export const PRODUCER = 1
export const CONSUMER = 2
const VISITOR = 4
export type Holder = typeof PRODUCER | typeof CONSUMER | typeof VISITOR
/** Somebody may sleep on the lock. */
const CONTENDED = 8

/** A power of two of them, so `index & (slots.length - 1)` stays inside whatever the index. */
export interface Slots {
  readonly length: number
  [index: number]: number
}

/** A word that is only touched under the lock. */
export function read(words: Int32Array, index: number): number {
  return words[index] as number
}

/** Items in the queue, under the lock. */
export function count(words: Int32Array): number {
  return (read(words, PUSHED) - read(words, POPPED)) | 0
}

/**
 * The mutex of Drepper, "Futexes Are Tricky" (2011), section 6, whose word also says who holds it, so that the lock of a
 * thread that has died can be taken from it. Sleeps at once, as a pthread mutex does.
 *
 * @returns `false`: `deadline` passed; the lock may stay marked as contended, which costs its holder one notify
 * @throws `ERR_CAPABILITY` where the lock is held and this thread may not block
 */
export function lock(words: Int32Array, holder: Holder, deadline: number = Number.POSITIVE_INFINITY): boolean {
  if (Atomics.compareExchange(words, LOCK, FREE, holder) === FREE) return true
  for (;;) {
    const seen = Atomics.load(words, LOCK)
    // Whoever slept can't know whether others still do, so it takes the lock as contended.
    const wanted = (seen === FREE ? holder : seen) | CONTENDED
    if (seen !== wanted && Atomics.compareExchange(words, LOCK, seen, wanted) !== seen) continue
    if (seen === FREE) return true
    const left = leftUntil(deadline)
    if (left <= 0) return false
    flushPending()
    atomicsWaiting.sleep(words, LOCK, wanted, left)
  }
}

export function unlock(words: Int32Array): void {
  if ((Atomics.exchange(words, LOCK, FREE) & CONTENDED) !== 0) Atomics.notify(words, LOCK, 1)
}

/** Gives the lock back and wakes who waits for `condition`; after the unlock, lest it wake into a held lock. */
export function unlockAndSignal(words: Int32Array, condition: number): void {
  const waited = Atomics.load(words, condition + WAITERS) > 0
  if (waited) Atomics.add(words, condition, 1)
  unlock(words)
  if (waited) Atomics.notify(words, condition)
}

/**
 * Waits under the lock until `ready` or `deadline`; the lock is free meanwhile.
 * The condition's word is read before `ready` looks, and a signal changes it: one that comes later ends the sleep.
 *
 * @returns whether the lock is held again; `false`: `deadline` passed while somebody else held it
 * @throws `ERR_CAPABILITY`, with the lock free, where this thread may not block
 */
export function waitFor(
  words: Int32Array,
  holder: Holder,
  condition: number,
  ready: () => boolean,
  deadline: number,
): boolean {
  for (;;) {
    // Before `ready`, and atomically: `abandon` closes an end and changes this without the lock, in that order.
    const sequence = Atomics.load(words, condition)
    if (ready()) return true
    const left = leftUntil(deadline)
    if (left <= 0) return true
    Atomics.add(words, condition + WAITERS, 1)
    unlock(words)
    flushPending()
    try {
      atomicsWaiting.sleep(words, condition, sequence, left)
    } finally {
      // Without the lock, which may not be had in time. A signaller that misses it notifies nobody, and that is right.
      Atomics.sub(words, condition + WAITERS, 1)
    }
    if (!lock(words, holder, deadline)) return false
  }
}

/** Marks an end closed and wakes the other, if it waits for `condition`. */
export function close(words: Int32Array, end: typeof PRODUCER | typeof CONSUMER, condition: number): void {
  lock(words, end)
  Atomics.or(words, CLOSED, end)
  unlockAndSignal(words, condition)
}

/**
 * For the thread that knows that the one with `end` is gone. A push or pop in which it died has happened or not, by whether
 * it had written its count, the last thing that it does under the lock; what it did not come to do after that, the unlock
 * and the signal, is done here. All sleepers on the lock are woken, since the dead thread may have got the one wake-up.
 */
export function abandon(words: Int32Array, end: End): void {
  const holder = end === 'producer' ? PRODUCER : CONSUMER
  // Also where it had closed: it may have died in there, with the lock, or before the signal.
  if ((Atomics.load(words, LOCK) & ~CONTENDED) === holder) Atomics.store(words, LOCK, FREE)
  if ((Atomics.load(words, CLOSED) & holder) === 0) {
    setState(words, end, DIED)
    Atomics.or(words, CLOSED, holder)
  }
  for (const condition of [NOT_EMPTY, NOT_FULL]) Atomics.add(words, condition, 1)
  for (const sleptOn of [LOCK, NOT_EMPTY, NOT_FULL]) Atomics.notify(words, sleptOn)
}

export function isClosed(words: Int32Array): boolean {
  return Atomics.load(words, CLOSED) !== 0
}

/** For the consumer. Needs no lock: PUSHED is final once PRODUCER_CLOSED is seen, and POPPED is the consumer's own. */
export function hasEnded(words: Int32Array): boolean {
  const closed = Atomics.load(words, CLOSED)
  return (closed & CONSUMER) !== 0 || (closed !== 0 && count(words) === 0)
}

/** Exact at the moment when it has the lock. */
export function sizeOf(words: Int32Array, holder: Holder = VISITOR): number {
  lock(words, holder)
  const size = count(words)
  unlock(words)
  return size
}
