import { sleepWhile } from '../blocking.js'

/*
 * The lock-free ring: two words, each on lines of its own, and the slots between them.
 *
 *   TAIL (byte 128), written by the producer          HEAD (byte 256), written by the consumer
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
 * A look may find WAITING set over the exchange by the looker's own compareExchange. That one has read the exchange
 * then, so the slot is as visible as if the look had read it itself.
 *
 * No wake-up is lost. A sleeper sets WAITING with a compareExchange that expects the word it judged by, and sleeps
 * while the word is still that. If the owner's exchange comes first, the compareExchange fails or the sleep ends at
 * once; if it comes later, it returns WAITING and the owner notifies. Index and flag are one word, so no fence between
 * "publish" and "is anybody asleep?" is needed, and the word can't come back to its old value while somebody sleeps
 * on it: that takes 2^30 items, and the sleeper's side stops the owner after `capacity`.
 *
 * End of stream is exact: CLOSED and the final count are one word, read by one load.
 */
export const TAIL = 128 / 4
export const HEAD = 256 / 4
export const WAITING = 1
export const CLOSED = 2
/** One item, in the unit of the words. */
export const ITEM = 4
/** The count in a word, without its flags. */
export const COUNT = ~(CLOSED | WAITING)

/** Loads tried before sleeping, ~7 µs: as long as a wake-up takes, so spinning at most doubles the cost of a wait. */
const SPINS = 1000

/** Fewer items than this at a look, and both ends are at work on the same few cache lines. */
const CROWDED = 32
/** Loads of a word that is at hand, ~0.2 µs: a cache line's way to the other CPU and back. */
const PAUSE = 32

/**
 * To be called before a look at the peer's word, with what the last look brought, times ITEM. The look takes the word's
 * line from the peer, who needs it for the next publish, and ends that follow each other closely spend their time on
 * that. So after a crowded look the peer gets a moment to get ahead: ×1.7 items per second, side by side, at capacities
 * 64 and 1024. No pause after a look that brought one item or none, which is a conversation, where latency counts, nor
 * in a small ring, which has no room to get ahead in: at capacity 8 it cost 45 %.
 */
export function giveWay(words: Int32Array, own: number, found: number, capacity: number): void {
  if (found <= ITEM || found >= Math.min(CROWDED, capacity >>> 2) * ITEM) return
  for (let turn = 0; turn < PAUSE; turn++) Atomics.load(words, own)
}

/**
 * Moves the caller's own word on, and wakes the peer if it sleeps on it. `from` is what the caller last put there.
 * An exchange costs what a store does (both end in xchg) and saves a separate load of a waiter flag.
 */
export function publish(words: Int32Array, own: number, from: number, to: number): void {
  if (Atomics.exchange(words, own, to) !== from) Atomics.notify(words, own)
}

/** Ends the caller's own word for good: no publish may follow, for it would take CLOSED back. */
export function close(words: Int32Array, own: number): void {
  Atomics.or(words, own, CLOSED)
  Atomics.notify(words, own)
}

/**
 * Blocks until the peer's word is no longer at `count` with CLOSED unset.
 *
 * WAITING stays behind after a timeout. It costs the peer one notify that finds nobody; taking it back would cost a
 * compareExchange that the peer's exchange may beat anyway.
 *
 * @returns `false`: timed out
 */
export function awaitPeer(words: Int32Array, peer: number, count: number, timeoutMs: number): boolean {
  for (let spin = 0; spin < SPINS; spin++) {
    if ((Atomics.load(words, peer) & ~WAITING) !== count) return true
  }
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const seen = Atomics.load(words, peer)
    if ((seen & ~WAITING) !== count) return true
    const left = deadline - performance.now()
    if (left <= 0) return false
    const asleep = seen | WAITING
    if (Atomics.compareExchange(words, peer, seen, asleep) === seen) sleepWhile(words, peer, asleep, left)
  }
}

export function isClosed(words: Int32Array): boolean {
  return ((Atomics.load(words, TAIL) | Atomics.load(words, HEAD)) & CLOSED) !== 0
}

/** HEAD is read first, so TAIL is never behind it; what was pushed in between is capped. */
export function sizeOf(words: Int32Array, capacity: number): number {
  const head = Atomics.load(words, HEAD) & COUNT
  const tail = Atomics.load(words, TAIL) & COUNT
  return Math.min((tail - head) >>> 2, capacity)
}
