import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type ErrorCode, SpscError } from '@spsc/core'
import type { Measurement } from '@spsc/core/driver'
import type { FromReplicate, ReplicateJob } from './replicate-protocol.js'

/** How long a stage may take beyond what it measures, before the replicate counts as hung. */
export const DEFAULT_GRACE_S = 15

export interface ReplicateOptions {
  /** How the reader called the queue, for messages. */
  readonly queue: string
  readonly signal: AbortSignal
  /** Seconds; see {@link DEFAULT_GRACE_S}. */
  readonly graceS: number
  readonly onStage: (stage: string) => void
}

/** Why a replicate has no figures. */
export interface ReplicateFailure {
  readonly code: ErrorCode
  readonly message: string
}

/** Seconds that a stage measures by itself. */
function plannedS({ scenario }: ReplicateJob, stage: string): number {
  return (
    { warmup: scenario.warmup, paced: scenario.duration, throughput: scenario.duration, sampled: scenario.duration }[
      stage
    ] ?? 0
  )
}

/**
 * Measures one replicate in a fresh process.
 *
 * @returns the figures, or why there are none
 * @throws `ERR_CANCELLED` when the signal aborts; the process is gone then
 */
export function measureInProcess(
  job: ReplicateJob,
  options: ReplicateOptions,
): Promise<Measurement | ReplicateFailure> {
  const { queue, signal, graceS, onStage } = options
  signal.throwIfAborted()
  // A plug-in's prints go to stderr: stdout carries data only.
  const child: ChildProcess = fork(fileURLToPath(new URL('./replicate.js', import.meta.url)), {
    stdio: ['ignore', 2, 2, 'ipc'],
    execArgv: [],
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  let watchdog: NodeJS.Timeout | undefined
  let stage = 'start'
  let cancel = () => {}
  return new Promise<Measurement | ReplicateFailure>((resolve, reject) => {
    const watch = (next: string) => {
      stage = next
      clearTimeout(watchdog)
      const limitS = plannedS(job, stage) + graceS
      const message = `queue ${queue} did not finish ${stage} within ${limitS} s`
      watchdog = setTimeout(
        () => resolve({ code: 'ERR_PLUGIN_HUNG', message: `[spsc] [lab] ${message}` }),
        limitS * 1000,
      )
    }
    cancel = () => reject(new SpscError('ERR_CANCELLED', 'lab', 'the run was cancelled', { cause: signal.reason }))
    signal.addEventListener('abort', cancel)
    child.on('message', (message: FromReplicate) => {
      if (message.type === 'stage') {
        watch(message.stage)
        onStage(message.stage)
      } else {
        resolve(message.type === 'measured' ? message.measurement : { code: message.code, message: message.message })
      }
    })
    child.on('error', (error) => resolve({ code: 'ERR_PLUGIN_FAILED', message: `[spsc] [lab] ${error.message}` }))
    child.on('exit', (code, killedBy) => {
      const message = `queue ${queue}: its process ended in ${stage} with ${killedBy ?? `code ${code}`}`
      resolve({ code: 'ERR_PLUGIN_FAILED', message: `[spsc] [lab] ${message}` })
    })
    watch(stage)
    child.send(job)
  }).finally(() => {
    clearTimeout(watchdog)
    signal.removeEventListener('abort', cancel)
    process.off('exit', kill)
    kill()
  })
}
