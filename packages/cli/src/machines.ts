import { readFileSync } from 'node:fs'
import { errorMessage, type Fingerprint, isUnavailable, type Unavailable, unavailable } from '@spsc/core'
import { manifestPath, type StorePlace } from '@spsc/lab'
import { differences } from '@spsc/perf'

/** The machine that a run was measured on, as its manifest has it. */
export function machineOf(place: StorePlace): Fingerprint | Unavailable {
  try {
    const { machine } = JSON.parse(readFileSync(manifestPath(place), 'utf8')) as { machine?: unknown }
    if (isUnavailable(machine)) return machine
    if (typeof machine === 'object' && machine !== null) return machine as Fingerprint
    return unavailable('its manifest names none')
  } catch (error) {
    return unavailable(errorMessage(error))
  }
}

/** How the machine of one run differs from that of another. */
export interface OtherMachine {
  readonly what: string
  /** One for each field. */
  readonly fields: readonly string[]
}

/** `undefined` where both runs were measured on one machine, set up in one way. */
export function otherMachine(
  [first, firstMachine]: readonly [label: string, machine: Fingerprint | Unavailable],
  [other, machine]: readonly [label: string, machine: Fingerprint | Unavailable],
): OtherMachine | undefined {
  for (const [label, known] of [
    [first, firstMachine],
    [other, machine],
  ] as const) {
    if (!isUnavailable(known)) continue
    const reason = `the machine of ${label} is not known (${known.unavailable})`
    return { what: `${reason}: figures of ${first} and ${other} may not compare`, fields: [] }
  }
  const fields = differences(firstMachine as Fingerprint, machine as Fingerprint)
  if (fields.length === 0) return undefined
  return { what: `${first} and ${other} were measured on machines that differ: their figures do not compare`, fields }
}
