import { SpscError } from './errors.js'

const PLACES = ['pacer', 'producer', 'queue', 'service'] as const
const WAYS = ['sleep', 'spin'] as const

/** Where a pipeline can be held up. */
export type FaultPlace = (typeof PLACES)[number]

/**
 * A delay put into a pipeline on purpose, to see whether it is found.
 *
 * ```
 * producer   wait for due  |pacer|  woke  |producer|  sent  push
 * consumer   pop  |queue|  popped  |service|  done
 * ```
 * `pacer` ends the wait for a due time late and `producer` holds an item back before it is sent; both need a paced
 * scenario. `queue` makes taking an item slow; `service` makes the consumer's work on it long.
 */
export interface Fault {
  readonly at: FaultPlace
  /** `sleep` gives the CPU away; `spin` keeps it. */
  readonly how: (typeof WAYS)[number]
  /** How long it lasts at least, in nanoseconds: an integer from 1 to 10^10. */
  readonly ns: number
  /** It befalls the first item that comes by after this time, after twice this time and so on, from the phase's start. */
  readonly everyNs: number
}

const MAX_NS = 1e10

/** @throws `ERR_OPTION` */
export function checkFaults(faults: readonly Fault[]): void {
  const refuse = (what: string, value: unknown, allowed: string) => {
    throw new SpscError('ERR_OPTION', 'faults', `${what} is ${String(value)}; allowed: ${allowed}`)
  }
  for (const { at, how, ns, everyNs } of faults) {
    if (!PLACES.includes(at)) refuse('at', at, PLACES.join(', '))
    if (!WAYS.includes(how)) refuse('how', how, WAYS.join(', '))
    for (const [name, value] of Object.entries({ ns, everyNs })) {
      const allowed = `an integer of nanoseconds from 1 to ${MAX_NS}`
      if (!Number.isInteger(value) || value < 1 || value > MAX_NS) refuse(name, value, allowed)
    }
  }
}

/** A fault as a warning tells it. @example describeFault(fault) // 'sleep of 5 ms in service every 100 ms' */
export function describeFault({ at, how, ns, everyNs }: Fault): string {
  return `${how} of ${ns / 1e6} ms in ${at} every ${everyNs / 1e6} ms`
}
