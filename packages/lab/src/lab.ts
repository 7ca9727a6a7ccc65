import { RECORD_SCHEMA, type ReplicateRef, type ResultRecord, Run, type Scenario, SpscError } from '@spsc/core'
import { placementOf, requirePinning } from '@spsc/core/driver'
import { describeMachine } from './machine.js'
import { cellKey, type Plan, type Replicate } from './plan.js'
import { DEFAULT_GRACE_S, measureInProcess } from './replicate-process.js'
import type { CollectorChoice } from './replicate-protocol.js'
import { type OnExisting, RunStore, type StorePlace } from './store.js'

/** Seconds a replicate takes beyond its phases: a process and two threads to start and end. For the estimate only. */
const OVERHEAD_S = 0.4

export const MANIFEST_SCHEMA = 1

export interface LabOptions {
  readonly plan: Plan
  readonly store: StorePlace
  readonly onExisting: OnExisting
  /** The collectors of one replicate; called for each, so that one may write a file of its own. */
  readonly collectors: (replicate: Replicate) => readonly CollectorChoice[]
  /** How the run was asked for, and versions of what runs it: kept in the manifest. */
  readonly command: string
  readonly versions: Readonly<Record<string, string>>
  /** Seconds a plug-in gets beyond its phase before its cell counts as hung. */
  readonly graceS?: number
  readonly signal?: AbortSignal
}

export interface RunOutcome {
  readonly records: readonly ResultRecord[]
  /** Whether the run was cancelled before its plan was done. */
  readonly cancelled: boolean
}

/** A run that has begun: its events, and its end. */
export interface LabRun {
  readonly run: Run
  /** Rejects only when results can't be stored; what was stored before stays. */
  readonly finished: Promise<RunOutcome>
}

/** Refuses what this machine can't do before anything is measured. */
async function checkPlacement(scenarios: readonly Scenario[]): Promise<void> {
  for (const scenario of scenarios) {
    const { producer, consumer } = placementOf(scenario)
    if (producer !== undefined || consumer !== undefined) await requirePinning()
  }
}

function planSummary({ cells, replicates }: Plan) {
  return { replicates, cells: cells.map(({ scenario, queue }) => ({ queue: queue.label, scenario })) }
}

/** A resumed run must be the same experiment, or its blocks would mix two. */
function checkSamePlan(store: RunStore, plan: Plan): void {
  const manifest = store.readManifest() as { seed?: unknown; plan?: unknown }
  const same = manifest.seed === plan.seed && JSON.stringify(manifest.plan) === JSON.stringify(planSummary(plan))
  if (same) return
  throw new SpscError(
    'ERR_EXISTS',
    'lab',
    `run ${store.place.name} was planned otherwise (its seed: ${manifest.seed}); resume it with the settings of its manifest, or --force to replace it`,
  )
}

function measuredAlready(records: readonly ResultRecord[]): Set<string> {
  const ok = records.filter((record) => record.status === 'ok')
  return new Set(ok.map((record) => `${cellKey(record.scenario, record.queue)} ${record.replicate}`))
}

function replicateS({ cell: { scenario } }: Replicate): number {
  return scenario.warmup + scenario.duration + OVERHEAD_S
}

/**
 * Measures a plan, replicate by replicate, each in a fresh process, and stores each record as it comes. Everything that
 * can be refused is refused before this returns.
 *
 * @throws `ERR_CPU`, `ERR_CAPABILITY`, `ERR_EXISTS`, `ERR_OUTPUT`, `ERR_OPTION`
 *
 * @example
 * const { run, finished } = await startRun({ plan, store: { dir: 'result_data', name: 't000' }, ...options })
 * run.on('result', (record) => console.log(record))
 * await finished
 */
export async function startRun(options: LabOptions): Promise<LabRun> {
  const { plan, store: place, onExisting, collectors, command, versions, graceS = DEFAULT_GRACE_S } = options
  await checkPlacement(plan.cells.map((cell) => cell.scenario))
  const store = new RunStore(place, onExisting)
  if (store.earlier.length > 0) checkSamePlan(store, plan)
  const manifest = {
    schema: MANIFEST_SCHEMA,
    name: place.name,
    command,
    seed: plan.seed,
    started_at: new Date().toISOString(),
    versions,
    machine: describeMachine(),
    plan: planSummary(plan),
  }
  store.writeManifest(manifest)

  const run = new Run(options.signal)
  const done = measuredAlready(store.earlier)
  const pending = plan.schedule.filter(
    ({ cell, replicate }) => !done.has(`${cellKey(cell.scenario.name, cell.queue.label)} ${replicate}`),
  )
  const seen = new Set<Replicate['cell']>()
  const records: ResultRecord[] = [...store.earlier]

  const measure = async (replicate: Replicate, remainingS: () => number): Promise<ResultRecord> => {
    const { scenario, queue } = replicate.cell
    const ref: ReplicateRef = {
      scenario: scenario.name,
      queue: queue.label,
      replicate: replicate.replicate,
      order: replicate.order,
      total: plan.schedule.length,
    }
    if (!seen.has(replicate.cell)) run.emit('scenario', { scenario: ref.scenario, queue: ref.queue, config: scenario })
    seen.add(replicate.cell)
    run.emit('replicate', ref)
    const head = {
      schema: RECORD_SCHEMA,
      run: place.name,
      scenario: ref.scenario,
      queue: ref.queue,
      cell: plan.cells.indexOf(replicate.cell) + 1,
      replicate: ref.replicate,
      order: ref.order,
      seed: plan.seed,
      replicate_seed: replicate.seed,
      started_at: new Date().toISOString(),
      config: scenario,
    } as const
    const job = { backend: queue.backend, collectors: collectors(replicate), scenario, seed: replicate.seed }
    const onStage = (phase: string) => run.emit('progress', { ...ref, phase, remainingS: remainingS() })
    const outcome = await measureInProcess(job, { signal: run.signal, graceS, onStage })
    const record: ResultRecord =
      'status' in outcome ? { ...head, ...outcome } : { ...head, status: 'failed', error: outcome, warnings: [] }
    for (const message of record.warnings) run.emit('warning', { ...ref, message })
    return record
  }

  const measureAll = async (): Promise<RunOutcome> => {
    try {
      for (const [index, replicate] of pending.entries()) {
        const left = pending.slice(index).reduce((sum, next) => sum + replicateS(next), 0)
        const began = performance.now()
        const record = await measure(replicate, () => Math.max(0, left - (performance.now() - began) / 1000))
        store.append(record)
        records.push(record)
        run.emit('result', record)
      }
      return { records, cancelled: false }
    } catch (error) {
      if (!run.signal.aborted) throw error
      return { records, cancelled: true }
    } finally {
      store.writeManifest({ ...manifest, ended_at: new Date().toISOString(), records: records.length })
      store.close()
    }
  }
  // A turn of the event loop, so that listeners are there for the first event.
  const finished = new Promise<void>((resolve) => setImmediate(resolve)).then(measureAll)
  return { run, finished }
}
