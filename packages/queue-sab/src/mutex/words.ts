import { sleepWhile } from '../blocking.js'

/*
 * A bounded queue as textbooks have it: one lock, two condition variables, everything else touched under the lock.
 *
 *   byte 128    132         136       140        144       148      152      156
 *        +------+-----------+---------+----------+---------+--------+--------+--------+
 *        | LOCK | NOT_EMPTY | waiters | NOT_FULL | waiters | PUSHED | POPPED | CLOSED |
 *        +------+-----------+---------+----------+---------+--------+--------+--------+
 *
 * One cache line is right here: who holds the lock needs all of it. Item n lives in slot n & (slots - 1); the counts go
 * round modulo 2^32. What is only touched under the lock needs no Atomics: the lock's own exchange orders it.
 */
const LOCK = 128 / 4
export const NOT_EMPTY = LOCK + 1
export const NOT_FULL = LOCK + 3
export const PUSHED = LOCK + 5
export const POPPED = LOCK + 6
/** Bits: which ends have been closed. */
export const CLOSED = LOCK + 7
export const PRODUCER_CLOSED = 1
export const CONSUMER_CLOSED = 2

const FREE = 0
const HELD = 1
/** Held, and somebody may sleep on it. */
const CONTENDED = 2

/** A word that is only touched under the lock. */
export function read(words: Int32Array, index: number): number {
  return words[index] as number
}

/** Items in the queue; call it under the lock. */
export function count(words: Int32Array): number {
  return (read(words, PUSHED) - read(words, POPPED)) | 0
}

/** The mutex of Drepper, "Futexes Are Tricky" (2011), section 6: sleeps at once, as a pthread mutex does. */
export function lock(words: Int32Array): void {
  if (Atomics.compareExchange(words, LOCK, FREE, HELD) === FREE) return
  // Whoever slept can't know whether others still do, so it takes the lock as contended.
  while (Atomics.exchange(words, LOCK, CONTENDED) !== FREE) {
    sleepWhile(words, LOCK, CONTENDED, Number.POSITIVE_INFINITY)
  }
}

export function unlock(words: Int32Array): void {
  if (Atomics.exchange(words, LOCK, FREE) === CONTENDED) Atomics.notify(words, LOCK, 1)
}

/** Gives the lock back and wakes who waits for `condition`; after the unlock, lest it wake into a held lock. */
export function unlockAndSignal(words: Int32Array, condition: number): void {
  const waited = read(words, condition + 1) > 0
  if (waited) Atomics.add(words, condition, 1)
  unlock(words)
  if (waited) Atomics.notify(words, condition)
}

/**
 * Waits under the lock until `ready`, at most `timeoutMs`; the lock is free meanwhile and held again on return.
 * The condition's word is read before the unlock, and a signal changes it: what comes in between ends the sleep at once.
 * A thread that may not block throws out of here with the lock free; it stays counted, which costs notifies only.
 */
export function waitFor(words: Int32Array, condition: number, ready: () => boolean, timeoutMs: number): void {
  const deadline = performance.now() + timeoutMs
  while (!ready()) {
    const left = deadline - performance.now()
    if (left <= 0) return
    const sequence = read(words, condition)
    words[condition + 1] = read(words, condition + 1) + 1
    unlock(words)
    sleepWhile(words, condition, sequence, left)
    lock(words)
    words[condition + 1] = read(words, condition + 1) - 1
  }
}

/** Marks an end closed and wakes the other, if it waits for `condition`. */
export function close(words: Int32Array, end: number, condition: number): void {
  lock(words)
  Atomics.or(words, CLOSED, end)
  unlockAndSignal(words, condition)
}

export function isClosed(words: Int32Array): boolean {
  return Atomics.load(words, CLOSED) !== 0
}

export function sizeOf(words: Int32Array): number {
  lock(words)
  const size = count(words)
  unlock(words)
  return size
}
