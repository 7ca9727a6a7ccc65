import { QueueError } from './errors.js'

/**
 * How an end sleeps until the peer changes a word, and how it wakes a peer that sleeps on one. Both ends of a queue must
 * do it the same way, so the way is written into the queue's header. A sleep may end early for no reason: who sleeps
 * looks again.
 */
export interface Waiting {
  /** Stands in the header; 0 is `Atomics.wait`. */
  readonly code: number
  /** For the error of an end that would wait otherwise. */
  readonly name: string
  /** Blocks the thread while the word at `index` is `seen`, at most `timeoutMs` milliseconds, `Infinity` included. */
  sleep(words: Int32Array, index: number, seen: number, timeoutMs: number): void
  /**
   * The same on an event loop, which it keeps alive unless `keepAlive` is `false`. Ends early when `signal` is aborted;
   * does not reject then.
   */
  sleepAsync(
    words: Int32Array,
    index: number,
    seen: number,
    timeoutMs: number,
    signal?: AbortSignal,
    keepAlive?: boolean,
  ): Promise<void>
  /** Ends every sleep on the word at `index`. */
  wake(words: Int32Array, index: number): void
}

const KEEP_ALIVE_MS = 2 ** 30

/** What setInterval gives in Node and Bun; in Deno and browsers a number. */
interface Timer {
  ref(): unknown
  unref(): unknown
}

let timer: Timer | number | undefined
let waits = 0

/**
 * Holds this thread's event loop while somebody waits, because a pending `waitAsync` doesn't: by one timer with nothing to
 * do, where possible for all waits, as one for each would cost more than the wait.
 */
function holdLoop(): void {
  if (waits++ > 0) return
  if (typeof timer === 'object') timer.ref()
  else timer = setInterval(() => {}, KEEP_ALIVE_MS) as unknown as Timer | number
}

function letLoopGo(): void {
  if (--waits > 0) return
  if (typeof timer === 'object') timer.unref()
  else clearInterval(timer)
}

/** Between two looks, where there is no `waitAsync`. */
const POLL_MS = 1

function pause(ms: number, keepAlive: boolean): Promise<void> {
  return new Promise((resolve) => {
    const timer: unknown = setTimeout(resolve, ms)
    // A browser's timer is a number, and keeps nothing alive.
    if (!keepAlive && typeof timer === 'object') (timer as { unref?(): void }).unref?.()
  })
}

/** Between JavaScript threads: `Atomics.wait`, `waitAsync` and `notify`. */
export const atomicsWaiting: Waiting = {
  code: 0,
  name: 'Atomics.wait',

  sleep(words, index, seen, timeoutMs) {
    try {
      Atomics.wait(words, index, seen, timeoutMs)
    } catch (cause) {
      throw new QueueError(
        'ERR_CAPABILITY',
        "this thread may not block (a page's main thread, a worklet, a service worker); allowed: tryPush, tryPop, " +
          'pushAsync, popAsync of the ring; wait in a worker',
        { cause },
      )
    }
  },

  sleepAsync(words, index, seen, timeoutMs, signal, keepAlive = true) {
    if (typeof Atomics.waitAsync !== 'function') return pause(POLL_MS, keepAlive)
    const { async, value } = Atomics.waitAsync(words, index, seen, timeoutMs)
    if (!async) return Promise.resolve()
    const woken = value as Promise<unknown>
    if (keepAlive) holdLoop()
    if (signal === undefined) return woken.then(keepAlive ? letLoopGo : () => {})
    return new Promise((resolve) => {
      let waiting = true
      const end = () => {
        if (!waiting) return
        waiting = false
        if (keepAlive) letLoopGo()
        signal.removeEventListener('abort', abort)
        resolve()
      }
      const abort = () => {
        end()
        // Else the engine would keep the wait for as long as the word's memory.
        Atomics.notify(words, index)
      }
      signal.addEventListener('abort', abort)
      woken.then(end)
    })
  },

  wake(words, index) {
    Atomics.notify(words, index)
  },
}
