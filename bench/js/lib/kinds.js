// What workloads have in common: which end leads, and the figure of a sample.

/** Items go one way; the consumer checks them. */
export const STREAM = ['producer', 'consumer']

/** Items go there and back; the client checks them. */
export const EXCHANGE = ['client', 'server']

const perSecond = (unit, scale) => ({ unit, best: Math.max, of: ({ items, ns }) => (items / ns) * scale })

export const MILLIONS_A_SECOND = perSecond('M items/s', 1e3)
export const THOUSANDS_A_SECOND = perSecond('k calls/s', 1e6)
export const MICROSECONDS = { unit: 'µs', best: Math.min, of: ({ items, ns }) => ns / items / 1e3 }
