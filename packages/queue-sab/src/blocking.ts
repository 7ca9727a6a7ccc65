import { QueueError } from './errors.js'

/** @throws `ERR_OPTION` unless `timeoutMs` is a number of at least 0; `Infinity` waits for ever */
export function checkTimeout(timeoutMs: number): void {
  if (typeof timeoutMs === 'number' && timeoutMs >= 0) return
  throw new QueueError('ERR_OPTION', `timeoutMs is ${timeoutMs}; allowed: milliseconds from 0 to Infinity`)
}

/**
 * Sleeps while the word at `index` is `seen`, at most `timeoutMs`. May also wake for no reason: look again.
 *
 * @throws `ERR_CAPABILITY` on threads that may not block
 */
export function sleepWhile(words: Int32Array, index: number, seen: number, timeoutMs: number): void {
  try {
    Atomics.wait(words, index, seen, timeoutMs)
  } catch (cause) {
    throw new QueueError(
      'ERR_CAPABILITY',
      "this thread may not block (a browser's main thread); allowed: tryPush, tryPop; block in a worker",
      { cause },
    )
  }
}
