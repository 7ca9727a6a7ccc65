import { optionError } from '../errors.js'
import type { Span } from '../queue.js'

/** @throws `ERR_OPTION` unless `count` is a whole number from 0 to `most` */
export function checkCount(count: number, most: number): void {
  if (Number.isInteger(count) && count >= 0 && count <= most) return
  throw optionError('count', count, most === Number.POSITIVE_INFINITY ? 'a whole number from 0' : `0 to ${most}`)
}

/** An end's one span, filled anew at each call. */
export class MutableSpan<Slots extends ArrayLike<unknown>> implements Span<Slots> {
  readonly array: Slots
  start = 0
  end = 0

  constructor(array: Slots) {
    this.array = array
  }

  /** `length` slots from `start` on, or as many as there are up to the end of the memory. */
  set(start: number, length: number): this {
    this.start = start
    this.end = Math.min(start + length, this.array.length)
    return this
  }

  /**
   * Its length, or 0 where the end has moved on from where it began. It is empty from then on, so that nothing is
   * committed or released twice.
   */
  take(at: number): number {
    const length = this.start === at ? this.end - this.start : 0
    this.end = this.start
    return length
  }
}
