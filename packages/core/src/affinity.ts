import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { parseCpuList } from './cpu-list.js'
import { SpscError } from './errors.js'
import type { Placement } from './placement.js'
import type { Scenario } from './scenario.js'

const run = promisify(execFile)

/**
 * The CPUs this process may run on, ascending.
 *
 * @throws `ERR_CAPABILITY` where the system doesn't tell (no /proc)
 */
export function allowedCpus(): number[] {
  try {
    const status = readFileSync('/proc/self/status', 'utf8')
    const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1]
    if (list !== undefined) return parseCpuList(list)
  } catch {}
  throw new SpscError(
    'ERR_CAPABILITY',
    'affinity',
    'pinning needs /proc/self/status, which this system lacks; set pinProducer and pinConsumer to none',
  )
}

/**
 * Turns `first`, `last` and a number into a CPU of the allowed set.
 *
 * @param setting what asks for it, for the error
 * @throws `ERR_CPU` naming the allowed CPUs
 */
export function resolveCpu(setting: string, cpu: number | 'first' | 'last'): number {
  const allowed = allowedCpus()
  if (cpu === 'first') return allowed[0] as number
  if (cpu === 'last') return allowed.at(-1) as number
  if (allowed.includes(cpu)) return cpu
  throw new SpscError(
    'ERR_CPU',
    'affinity',
    `${setting} is ${cpu}; allowed: the CPUs this process may use (${allowed.join(', ')}), first, last or none`,
  )
}

/** Where a scenario wants its threads. @throws `ERR_CPU` naming the allowed CPUs */
export function placementOf({ pinProducer, pinConsumer }: Pick<Scenario, 'pinProducer' | 'pinConsumer'>): Placement {
  const resolve = (setting: string, pin: Scenario['pinProducer']) =>
    resolveCpu(setting, pin as number | 'first' | 'last')
  return {
    ...(pinProducer !== 'none' && { producer: resolve('pinProducer', pinProducer) }),
    ...(pinConsumer !== 'none' && { consumer: resolve('pinConsumer', pinConsumer) }),
  }
}

function tasksetError(error: unknown, doing: string): SpscError {
  const { code, stderr } = error as { code?: unknown; stderr?: string }
  const reason = code === 'ENOENT' ? 'taskset is not installed' : `taskset failed: ${(stderr ?? String(error)).trim()}`
  return new SpscError(
    'ERR_CAPABILITY',
    'affinity',
    `${doing}: ${reason}; install util-linux, or set pinProducer and pinConsumer to none`,
    { cause: error },
  )
}

/** Pins a thread of this process, given by its kernel id, to a CPU of the allowed set. */
export type PinThread = (cpu: number, tid: number) => void | Promise<void>

/** @throws `ERR_CAPABILITY` where threads can't be pinned by `taskset` */
export async function requirePinning(): Promise<void> {
  await run('taskset', ['--version']).catch((error) => {
    throw tasksetError(error, 'threads can not be pinned')
  })
}

/** Pins a thread by `taskset`, for where there is nothing better: {@link PinThread}. @throws `ERR_CAPABILITY` */
export async function pinThread(cpu: number, tid: number): Promise<void> {
  await run('taskset', ['-pc', String(cpu), String(tid)]).catch((error) => {
    throw tasksetError(error, `thread ${tid} can't be pinned to CPU ${cpu}`)
  })
}
