import type { Unavailable } from '@spsc/core'
import { derive, readMatch } from '../kernel-files.js'

/** Threads that ran or wanted to, on average over the last minute. @param root of the file tree that holds /proc */
export function readLoad(root = '/'): number | Unavailable {
  return derive(readMatch(root, '/proc/loadavg', /^([\d.]+)/, 'the load'), Number)
}
