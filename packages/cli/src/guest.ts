import { GROUNDS, SpscError } from '@spsc/core'
import type { GuestOptions } from '@spsc/qemu'
import type { Flags } from './program.js'
import { envName, option } from './settings.js'

/** Options that say how a guest is run. */
const GUEST_OPTIONS = ['mode', 'guest-cpus', 'guest-memory', 'accel', 'kernel', 'guest-timeout'] as const

/**
 * How a guest is run, where a run is to be measured in one.
 *
 * @throws `ERR_OPTION`, also for an option of a guest where there is none
 */
export async function settleGuest(flags: Flags): Promise<GuestOptions | undefined> {
  const where = option(flags, 'in', 'host')
  if (where === 'qemu') {
    const { parseGuestOptions } = await import('@spsc/qemu')
    return parseGuestOptions(Object.fromEntries(GUEST_OPTIONS.map((name) => [name, option(flags, name)])))
  }
  if (where !== 'host') {
    const calledBy = flags.in === undefined ? envName('in') : '--in'
    throw new SpscError('ERR_OPTION', 'cli', `${calledBy} is ${JSON.stringify(where)}; allowed: ${GROUNDS.join(', ')}`)
  }
  const stray = GUEST_OPTIONS.find((name) => flags[name] !== undefined)
  if (stray === undefined) return undefined
  throw new SpscError('ERR_OPTION', 'cli', `--${stray} is of a guest; add --in qemu, or leave it out`)
}
