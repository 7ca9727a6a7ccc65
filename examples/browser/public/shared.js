// Words that the page shares with its two threads, beside the queue.

/** Set by the page: the producer is to close the queue. */
export const STOP = 0
/** Items consumed, modulo 2^32. */
export const CONSUMED = 1
/** Items that did not come after the one before. */
export const OUT_OF_ORDER = 2

export const WORDS = 3
