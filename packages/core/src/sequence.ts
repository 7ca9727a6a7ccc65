/**
 * What travels through a queue under measurement: the item's number modulo 2^30, or {@link END}. Small enough for any
 * queue of numbers; enough, since a queue is first-in first-out, to find the item's row in the trace, as long as no
 * more than 2^29 items in a row are dropped.
 */
export const SEQUENCE_MASK = 2 ** 30 - 1

/** Follows the last item of a phase. */
export const END = 2 ** 30
