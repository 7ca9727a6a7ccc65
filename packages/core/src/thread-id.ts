import { readlinkSync } from 'node:fs'
import { type Thread, unavailable } from './pipeline.js'

/** The kernel's id of the calling thread, by which others pin or watch it. */
export function kernelThreadId(): Thread['tid'] {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1))
  } catch {
    return unavailable('no /proc/thread-self on this system')
  }
}
