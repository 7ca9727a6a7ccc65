import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type ErrorCode, errorCode, errorMessage, SpscError } from '@spsc/core'
import type { Measurement } from '@spsc/core/driver'
import { Disturbances } from './disturbances/disturbances.js'
import { type FromReplicate, GO, type ReplicateJob } from './replicate-protocol.js'

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

/** Stages in which a scenario's faults of the machine are at work. */
const MEASURED = ['paced', 'throughput', 'sampled']

/** Seconds that a stage measures by itself. */
function plannedS({ scenario: { warmup, duration } }: ReplicateJob, stage: string): number {
  const phases: Record<string, number> = { warmup, paced: duration, throughput: duration, sampled: duration }
  return phases[stage] ?? 0
}

function hung(job: ReplicateJob, stage: string, limitS: number): string {
  const late = `did not finish ${stage} within ${limitS} s`
  const { workBytes, queueCap } = job.scenario
  if (plannedS(job, stage) === 0 || workBytes === 0) return late
  return `${late}; a queue of ${queueCap} items may still be draining: lower --queue-cap or --work-bytes`
}

/** Kills a replicate with whatever it has started. */
function killGroup(child: ChildProcess): void {
  try {
    process.kill(-(child.pid as number), 'SIGKILL')
  } catch {
    // No process groups here, or it is gone already.
    child.kill('SIGKILL')
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const gone = once(child, 'exit')
  killGroup(child)
  await gone
}

/**
 * Measures one replicate in a fresh process, in a process group of its own: a Ctrl-C at the terminal is ours to answer.
 *
 * @returns the figures, or why there are none; the process is gone then
 * @throws `ERR_CANCELLED` when the signal aborts; the process is gone then
 */
export async function measureInProcess(
  job: ReplicateJob,
  { queue, signal, graceS, onStage }: ReplicateOptions,
): Promise<Measurement | ReplicateFailure> {
  signal.throwIfAborted()
  // A plug-in's prints go to stderr: stdout carries data only.
  const child = fork(fileURLToPath(new URL('./replicate.js', import.meta.url)), {
    stdio: ['ignore', 2, 2, 'ipc'],
    execArgv: [],
    detached: true,
  })
  const kill = () => killGroup(child)
  process.once('exit', kill)
  let watchdog: NodeJS.Timeout | undefined
  let cancel = () => {}
  let disturbances: Disturbances | undefined
  try {
    return await new Promise((resolve, reject) => {
      const fail = (code: ErrorCode, reason: string) =>
        resolve({ code, message: `[spsc] [lab] queue ${queue}: ${reason}` })
      disturbances = new Disturbances(job.scenario, child.pid as number, (reason) => fail('ERR_PLUGIN_FAILED', reason))
      /** Around exactly the measured phases: the gate is shut until the answer. */
      const answer = async (stage: string) => {
        await disturbances?.end()
        if (MEASURED.includes(stage)) await disturbances?.begin()
        // One that has just been killed takes no message; its exit says what became of it.
        child.send(GO, () => {})
      }
      let stage = 'start'
      const watch = (next: string) => {
        stage = next
        clearTimeout(watchdog)
        const limitS = plannedS(job, stage) + graceS
        watchdog = setTimeout(() => fail('ERR_PLUGIN_HUNG', hung(job, stage, limitS)), limitS * 1000)
      }
      cancel = () => reject(new SpscError('ERR_CANCELLED', 'lab', 'the run was cancelled', { cause: signal.reason }))
      signal.addEventListener('abort', cancel)
      child.on('message', (message: FromReplicate) => {
        if (message.type === 'stage') {
          watch(message.stage)
          onStage(message.stage)
          answer(message.stage).catch((error) => {
            resolve({ code: errorCode(error, 'ERR_CAPABILITY'), message: errorMessage(error) })
          })
        } else {
          resolve(message.type === 'measured' ? message.measurement : { code: message.code, message: message.message })
        }
      })
      child.on('error', (error) => fail('ERR_PLUGIN_FAILED', error.message))
      child.on('exit', (code, killedBy) => {
        fail('ERR_PLUGIN_FAILED', `its process ended in ${stage} with ${killedBy ?? `code ${code}`}`)
      })
      watch(stage)
      child.send(job)
    })
  } finally {
    clearTimeout(watchdog)
    signal.removeEventListener('abort', cancel)
    await disturbances?.end()
    await end(child)
    process.off('exit', kill)
  }
}
