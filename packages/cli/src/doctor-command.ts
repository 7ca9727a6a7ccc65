import { isUnavailable } from '@spsc/core'
import { pinThread } from '@spsc/core/driver'
import { loadPinning } from '@spsc/lab'
import { type Diagnosis, diagnoses, examineMachine, fingerprint } from '@spsc/perf'
import { colorsFor } from './color.js'
import { doctorText } from './doctor-text.js'
import { EXIT } from './exit-codes.js'
import { AFFINITY, ours } from './plugins.js'
import type { Flags } from './program.js'
import { print } from './streams.js'

/** Everything else that may be missing costs some figures; an older Node runs nothing of ours reliably. */
function exitCodeOfLines(lines: readonly Diagnosis[]): number {
  return lines.some(({ check, status }) => check === 'node' && status === 'missing') ? EXIT.capability : EXIT.ok
}

/** `spsc doctor`: what this machine can measure, and what would make its figures better. */
export async function doctor(flags: Flags): Promise<number> {
  const native = await loadPinning(ours(AFFINITY).module)
  const machine = await examineMachine(
    isUnavailable(native) ? { pinThread, addon: native } : { pinThread: native, addon: true },
  )
  const lines = diagnoses(machine)
  if (flags.json) print(JSON.stringify({ machine, fingerprint: await fingerprint(), lines }, undefined, 2))
  else print(doctorText(lines, colorsFor(flags.color as string, process.stdout)))
  return exitCodeOfLines(lines)
}
