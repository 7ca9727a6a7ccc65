import { optionError } from './errors.js'

/** Milliseconds on the clock of this thread. An AudioWorklet has no `performance`. */
function now(): number {
  return (globalThis.performance ?? Date).now()
}

/**
 * When `timeoutMs` from now are over, for {@link leftUntil}. A wait without a limit reads no clock.
 *
 * @throws `ERR_OPTION` unless `timeoutMs` is a number of at least 0
 */
export function deadlineIn(timeoutMs: number): number {
  if (timeoutMs === Number.POSITIVE_INFINITY) return timeoutMs
  checkTimeout(timeoutMs)
  return now() + timeoutMs
}

/** @throws `ERR_OPTION` unless `timeoutMs` is a number of at least 0; `Infinity` waits for ever */
export function checkTimeout(timeoutMs: number): void {
  if (typeof timeoutMs === 'number' && timeoutMs >= 0) return
  throw optionError('timeoutMs', timeoutMs, 'milliseconds from 0 to Infinity')
}

/** Milliseconds left, 0 or less when the deadline has passed. */
export function leftUntil(deadline: number): number {
  return deadline === Number.POSITIVE_INFINITY ? deadline : deadline - now()
}
