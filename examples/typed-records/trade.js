import { record } from '@spsc/queue-sab'

/** What both threads must agree on; a thread that names other fields is refused by attachQueue. */
export const trade = record({ id: 'u32', size: 'u32', price: 'f64', timeNs: 'i64', sell: 'bool', symbol: 'ascii8' })
