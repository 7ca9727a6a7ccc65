import { SpscError } from '@spsc/core'
import { addon } from './addon.js'

/** The CPUs this process may run on, ascending. @throws `ERR_CAPABILITY` without the addon */
export function allowedCpus(): number[] {
  return addon().allowedCpus()
}

/**
 * Pins a thread to one of the CPUs that this process may run on; never outside of them.
 *
 * @param cpu one of {@link allowedCpus}
 * @param tid kernel id of a thread of this process; absent: the calling thread
 * @throws `ERR_CPU` naming the allowed CPUs, `ERR_CAPABILITY` where the kernel refuses
 *
 * @example
 * pinThread(allowedCpus().at(-1))
 */
export function pinThread(cpu: number, tid = 0): void {
  const allowed = allowedCpus()
  if (!allowed.includes(cpu)) {
    throw new SpscError(
      'ERR_CPU',
      'queue-native',
      `cpu is ${cpu}; allowed: the CPUs this process may use (${allowed.join(', ')})`,
    )
  }
  if (addon().pinThread(tid, cpu)) return
  throw new SpscError('ERR_CAPABILITY', 'queue-native', `the kernel refused to pin thread ${tid} to CPU ${cpu}`)
}
