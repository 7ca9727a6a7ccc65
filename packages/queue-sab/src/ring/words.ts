import type { Memory } from '../memory.js'
import { leftUntil } from '../timeout.js'
import type { Waiting } from '../waiting.js'
import { flushPending } from './pending.js'

/*
 * The lock-free ring: two words, each on lines of its own, and the slots between them.
 *
 *   TAIL (byte 128, word 32), the producer's          HEAD (byte 256, word 64), the consumer's
 *   +----------------------+--------+---------+       +----------------------+--------+---------+
 *   | items pushed, 30 bit | CLOSED | WAITING |       | items popped, 30 bit | CLOSED | WAITING |
 *   +----------------------+--------+---------+       +----------------------+--------+---------+
 *     WAITING: the consumer sleeps on TAIL              WAITING: the producer sleeps on HEAD
 *
 * Item n lives in slot n & (slots - 1). Counts go round modulo 2^30 by themselves: a step of 4 in 32-bit arithmetic.
 *
 * Who writes what. A count and CLOSED change by their owner's hand only, WAITING is set by the peer and cleared by the
 * owner's next exchange. That one read-modify-write does everything at once:
 *
 *   producer                                           consumer
 *   slots[n] = item                                    load TAIL      -- sees the exchange --> slots[n] is there
 *   exchange TAIL -- publishes the slot                item = slots[n]
 *   load HEAD     <-- sees the exchange: slot is free  exchange HEAD -- gives the slot back
 *
 * A load may find WAITING set over the exchange by the loading thread's own compareExchange. That one has read the
 * exchange then, so the slot is as visible as if the load had read it itself.
 *
 * No wake-up is lost. A sleeper sets WAITING with a compareExchange that expects the word it judged by, and sleeps
 * while the word is still that. If the owner's exchange comes first, the compareExchange fails or the sleep ends at
 * once; if it comes later, it returns WAITING and the owner notifies. Index and flag are one word, so no fence between
 * "publish" and "is anybody asleep?" is needed, and the word can't come back to its old value while somebody sleeps
 * on it: that takes 2^30 items, and the sleeper's side stops the owner after `capacity`.
 *
 * End of stream is exact: CLOSED and the final count are one word, read by one load.
 */
export const TAIL = 32
export const HEAD = 64
export const WAITING = 1
export const CLOSED = 2
/** One item, in the unit of the words. */
export const ITEM = 4
/** The count in a word, without its flags. */
export const COUNT = ~(CLOSED | WAITING)

/** Loads tried before sleeping, ~7 µs: as long as a wake-up takes, so spinning at most doubles the cost of a wait. */
export const SPINS = 1000

/**
 * Slots that an end may hold back before it must publish, times ITEM: a quarter of the ring at most, so that both ends can
 * be at work on the rest, and one where the ring is so small that this would be felt. Slots that are but part of an item
 * are held in proportion.
 */
export function heldBack({ size, slotsPerUnit }: Memory, most: number): number {
  return (size < 64 ? 1 : Math.min(size >>> 2, most / slotsPerUnit)) * ITEM
}

/** Fewer free slots than this at a refresh, and both ends are at work on the same few cache lines. */
const BACKOFF_BELOW = 32
/** Loads of a word that is at hand, 0.2 to 0.6 µs: a cache line's way to the other CPU and back. */
const BACKOFF_LOADS = 32

/**
 * For the producer, before it refreshes its cached HEAD, with the free slots that the last refresh brought, times ITEM.
 * The refresh takes HEAD's line from the consumer, who needs it for the next publish, and a producer close behind a
 * full ring spends its time on that. Backing off lets the consumer free some more: ×1.6 items per second at capacity
 * 1024, ×1.9 at 64 (medians, both ends spinning). It delays only items that wait behind a nearly full ring anyway.
 *
 * No backing off after a refresh that brought one slot or none: that is ping-pong, where latency counts. Nor in a small
 * ring, which has no room to get ahead in: at capacity 8 it cost 45 %. Nor ever in the consumer, where it gained little
 * and made bursts of 24 items take 0.7 µs instead of 0.16 (medians).
 */
export function backOff(words: Int32Array, found: number, capacity: number): void {
  if (found <= ITEM || found >= Math.min(BACKOFF_BELOW, capacity >>> 2) * ITEM) return
  for (let turn = 0; turn < BACKOFF_LOADS; turn++) Atomics.load(words, TAIL)
}

/**
 * Moves the caller's own word on, and wakes the peer if it sleeps on it. `from` is what the caller last put there.
 * An exchange costs what a store does (both end in xchg) and saves a separate load of a waiter flag.
 */
export function publish(words: Int32Array, own: number, from: number, to: number, waiting: Waiting): void {
  if (Atomics.exchange(words, own, to) !== from) waiting.wake(words, own)
}

/** Ends the caller's own word for good: no publish may follow, for it would take CLOSED back. */
export function close(words: Int32Array, own: number, waiting: Waiting): void {
  Atomics.or(words, own, CLOSED)
  waiting.wake(words, own)
}

/** Of a longer spin every so many loads, a power of two, look whether the time is over. */
const LOADS_PER_CLOCK = 1024

/** How an end waits for its peer. */
export interface Patience {
  readonly waiting: Waiting
  /** Loads tried before a blocking wait sleeps. */
  readonly spin: number
  /** Whether an asynchronous wait keeps the event loop alive. */
  readonly keepAlive: boolean
}

/**
 * Blocks until the peer's word is no longer at `count` with CLOSED unset, until `deadline`. First makes visible what this
 * thread still holds back, as the peer may be waiting for just that.
 *
 * WAITING stays behind after a timeout. It costs the peer one notify that finds nobody; taking it back would cost a
 * compareExchange that the peer's exchange may beat anyway.
 *
 * @returns `false`: timed out
 */
export function awaitPeer(
  words: Int32Array,
  peer: number,
  count: number,
  deadline: number,
  { waiting, spin }: Patience,
): boolean {
  flushPending()
  for (let turn = 0; turn < spin; turn++) {
    if ((Atomics.load(words, peer) & ~WAITING) !== count) return true
    if ((turn & (LOADS_PER_CLOCK - 1)) === LOADS_PER_CLOCK - 1 && leftUntil(deadline) <= 0) break
  }
  for (;;) {
    const seen = Atomics.load(words, peer)
    if ((seen & ~WAITING) !== count) return true
    const left = leftUntil(deadline)
    if (left <= 0) return false
    const asleep = seen | WAITING
    if (Atomics.compareExchange(words, peer, seen, asleep) === seen) waiting.sleep(words, peer, asleep, left)
  }
}

/**
 * {@link awaitPeer} on an event loop, which has other things to do than to spin. Sleeps once: the caller looks again, also
 * whether its own end has been closed meanwhile.
 *
 * @returns `false`: timed out
 * @throws the reason of `signal`, once aborted
 */
export async function awaitPeerAsync(
  words: Int32Array,
  peer: number,
  count: number,
  deadline: number,
  { waiting, keepAlive }: Patience,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  flushPending()
  for (;;) {
    signal?.throwIfAborted()
    const seen = Atomics.load(words, peer)
    if ((seen & ~WAITING) !== count) return true
    const left = leftUntil(deadline)
    if (left <= 0) return false
    const asleep = seen | WAITING
    if (Atomics.compareExchange(words, peer, seen, asleep) !== seen) continue
    await waiting.sleepAsync(words, peer, asleep, left, signal, keepAlive)
    signal?.throwIfAborted()
    return true
  }
}

export function isClosed(words: Int32Array): boolean {
  return ((Atomics.load(words, TAIL) | Atomics.load(words, HEAD)) & CLOSED) !== 0
}

/** For the consumer, at `head`. One load tells all: the producer's count is final once CLOSED is set. */
export function hasEnded(words: Int32Array, head: number): boolean {
  return (Atomics.load(words, TAIL) & ~WAITING) === (head | CLOSED)
}

/**
 * A bound between two moments: not less than the size at the load of HEAD, nor at the load of TAIL. HEAD comes first,
 * so that TAIL is never behind it; what was pushed in between is capped.
 */
export function sizeOf(words: Int32Array, most: number): number {
  const head = Atomics.load(words, HEAD) & COUNT
  const tail = Atomics.load(words, TAIL) & COUNT
  return Math.min((tail - head) >>> 2, most)
}
