import type { Ended } from './emulator.js'
import { ENDED } from './image/init.js'

/** Why a guest ended before its run did, and what to try. */
export interface Diagnosis {
  readonly what: string
  readonly cure: string
}

/** Who ends programs on a machine is a user, or the kernel that runs out of memory. */
const LACK = 'if nobody did that, this machine ran out of memory: lower --guest-memory'

function lastLine(text: string): string | undefined {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .at(-1)
}

/** What Node prints of an error comes before its stack and its version. */
function errorLine(text: string): string | undefined {
  return /^\S*Error.*: .*$/m.exec(text)?.[0].trim()
}

/** The guest's clock and the kernel's level, `[    1.23] `, say nothing to a reader. */
function plain(line: string): string {
  return line.replace(/^\[\s*\d+\.\d+\]\s*/, '')
}

/** Why a kernel that could not unpack itself stands still; `undefined` where none does. It never ends by itself. */
export function diagnoseHalt(console: string): Diagnosis | undefined {
  const [before, halted] = console.split(/-- System halted/)
  if (before === undefined || halted === undefined) return undefined
  const why = lastLine(before) ?? 'it did not say why'
  return {
    what: `the guest's kernel can't be unpacked: ${why}`,
    cure: 'its file is damaged: give another --kernel, or leave it out',
  }
}

/**
 * What its console and its emulator said, in a sentence.
 *
 * @param console all that the guest's console said
 */
export function diagnose(console: string, { code, signal, stderr }: Ended, memoryMib: number): Diagnosis {
  if (/Out of memory|deadlocked on memory|Cannot allocate memory|heap out of memory/.test(console)) {
    return { what: `the guest ran out of its ${memoryMib} MiB of memory`, cure: 'raise --guest-memory' }
  }
  const panic = /Kernel panic - not syncing: (.*)/.exec(console)?.[1]?.trim()
  if (panic !== undefined) {
    const cure = /Unable to mount root/.test(panic)
      ? 'give a --kernel with NVMe and ext4 built in, or leave it out'
      : 'raise --guest-memory, or leave out --kernel'
    return { what: `the guest's kernel panicked: ${panic}`, cure }
  }
  if (signal !== undefined) {
    return { what: `the emulator was ended by ${signal}, not by spsc`, cure: LACK }
  }
  const emulator = lastLine(stderr)
  if (code !== 0 && emulator !== undefined) {
    return {
      what: `the emulator ended with code ${code}: ${emulator}`,
      cure: 'see spsc run --help for what can be given',
    }
  }
  const [before = '', ended] = console.split(new RegExp(`${ENDED} (\\d+)`))
  const last = errorLine(before) ?? lastLine(before)
  const said = last === undefined ? 'its console said nothing' : `its console ended with: ${plain(last)}`
  const how = ended === undefined ? 'the guest went down' : `what ran in the guest ended with code ${ended}`
  return { what: `${how}; ${said}`, cure: 'run it on the host to see whether it is the guest’s' }
}
