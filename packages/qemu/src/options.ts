import { availableParallelism, totalmem } from 'node:os'
import { ACCELERATORS, type Accelerator, GUEST_MODES, type GuestMode, parseDuration, SpscError } from '@spsc/core'

/** How a guest is to be run. */
export interface GuestOptions {
  readonly mode: GuestMode
  readonly cpus: number
  readonly memoryMib: number
  /** `auto`: what works. */
  readonly accel: 'auto' | Accelerator
  /** A Linux kernel; absent: the one that set-up fetched. */
  readonly kernel?: string
  /** Seconds a boot may take until its run has ended; absent: by how much there is to measure. */
  readonly timeoutS?: number
}

/** The same as text, as a command line gives it. */
export interface GuestTexts {
  readonly mode?: string | undefined
  readonly 'guest-cpus'?: string | undefined
  readonly 'guest-memory'?: string | undefined
  readonly accel?: string | undefined
  readonly kernel?: string | undefined
  readonly 'guest-timeout'?: string | undefined
}

/** The guest's memory: Node with two threads, their trace, and room for records. */
const MEMORY_MIB = { smp: 512, deterministic: 1024 } as const
/** With less, Linux does not start, or reads Node's own pages from the disk again and again. */
const LEAST_MEMORY_MIB = { smp: 128, deterministic: 512 } as const
const MAX_CPUS = 64

function refuse(message: string): SpscError {
  return new SpscError('ERR_OPTION', 'qemu', message)
}

function oneOf<Choice extends string>(option: string, text: string, choices: readonly Choice[]): Choice {
  if (choices.includes(text as Choice)) return text as Choice
  throw refuse(`--${option} is ${JSON.stringify(text)}; allowed: ${choices.join(', ')}`)
}

function cpusOf(text: string, mode: GuestMode): number {
  const cpus = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  const most = mode === 'deterministic' ? 1 : MAX_CPUS
  if (cpus >= 1 && cpus <= most) return cpus
  const allowed = mode === 'deterministic' ? '1 in mode deterministic' : `an integer from 1 to ${MAX_CPUS}`
  throw refuse(`--guest-cpus is ${JSON.stringify(text)}; allowed: ${allowed}`)
}

function memoryOf(text: string, mode: GuestMode): number {
  const [, number, unit] = /^(\d{1,7})(M|G)?(?:iB)?$/i.exec(text) ?? []
  const mib = Number(number) * (unit?.toUpperCase() === 'G' ? 1024 : 1)
  const most = Math.floor(totalmem() / 2 ** 20)
  if (mib >= LEAST_MEMORY_MIB[mode] && mib <= most) return mib
  throw refuse(
    `--guest-memory is ${JSON.stringify(text)}; allowed in mode ${mode}: ${LEAST_MEMORY_MIB[mode]} to ${most} MiB, the host's memory: 512, 512M or 1G`,
  )
}

function timeoutOf(text: string): number {
  const seconds = parseDuration(text)
  if (seconds >= 1 && seconds <= 7 * 86_400) return seconds
  throw refuse(`--guest-timeout is ${JSON.stringify(text)}; allowed: 1s to 7 days: 90s, 10m or bare seconds`)
}

/**
 * What a command line says of the guest.
 *
 * @throws `ERR_OPTION` naming the option and what is allowed
 *
 * @example
 * parseGuestOptions({ mode: 'smp', 'guest-memory': '1G' })
 */
export function parseGuestOptions(texts: GuestTexts): GuestOptions {
  const mode = oneOf('mode', texts.mode ?? 'smp', GUEST_MODES)
  const accel = oneOf('accel', texts.accel ?? 'auto', ['auto', ...ACCELERATORS])
  if (mode === 'deterministic' && accel === 'kvm') {
    throw refuse('--accel is "kvm"; allowed in mode deterministic: auto, tcg, which count instructions')
  }
  const { kernel, 'guest-timeout': timeout } = texts
  return {
    mode,
    cpus: cpusOf(texts['guest-cpus'] ?? (mode === 'deterministic' ? '1' : '2'), mode),
    memoryMib: memoryOf(texts['guest-memory'] ?? String(MEMORY_MIB[mode]), mode),
    accel,
    ...(kernel !== undefined && { kernel }),
    ...(timeout !== undefined && { timeoutS: timeoutOf(timeout) }),
  }
}

/** What may make its figures worth less, said before a guest starts. */
export function warningsOf({ cpus }: GuestOptions): readonly string[] {
  const host = availableParallelism()
  if (cpus <= host) return []
  return [`the guest has ${cpus} CPUs and this machine ${host}: its CPUs take turns, and its figures show that`]
}
