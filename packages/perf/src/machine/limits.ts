import type { Unavailable } from '@spsc/core'
import { derive, readMatch } from '../kernel-files.js'

/** What this process may take of what is scarce: the soft limits. */
export interface Limits {
  /** Memory that may be kept from being swapped out, in bytes; perf's buffers count. */
  readonly memlock_bytes: number | 'unlimited' | Unavailable
  /** Highest real-time priority that a thread may ask for; 0: none. */
  readonly realtime_priority: number | 'unlimited' | Unavailable
}

/** @param root of the file tree that holds /proc */
export function readLimits(root = '/'): Limits {
  const soft = (name: string) =>
    derive(
      readMatch(root, '/proc/self/limits', new RegExp(`^${name}\\s+(\\d+|unlimited)`, 'm'), `“${name}”`),
      (text) => (text === 'unlimited' ? text : Number(text)),
    )
  return { memlock_bytes: soft('Max locked memory'), realtime_priority: soft('Max realtime priority') }
}
