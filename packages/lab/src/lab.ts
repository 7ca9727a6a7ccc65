import { loadavg } from 'node:os'
import {
  type Fingerprint,
  isUnavailable,
  RECORD_SCHEMA,
  type ReplicateRef,
  type ResultRecord,
  Run,
  type Scenario,
  SpscError,
  unavailable,
} from '@spsc/core'
import { placementOf, requirePinning } from '@spsc/core/driver'
import { loadPinning } from './pinning.js'
import { type Cell, cellKey, type Plan, type Replicate } from './plan.js'
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
  /** Module that exports `pinThread` and `allowedCpus`; absent, or where it fails: threads are pinned by `taskset`. */
  readonly affinity?: string
  /** How the run was asked for, and versions of what runs it: kept in the manifest. */
  readonly command: string
  readonly versions: Readonly<Record<string, string>>
  /** Where it is measured, kept in the manifest; `@spsc/perf` makes it. */
  readonly machine?: Fingerprint
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
async function checkPlacement(scenarios: readonly Scenario[], affinity: string | undefined): Promise<void> {
  for (const scenario of scenarios) {
    const { producer, consumer } = placementOf(scenario)
    if (producer === undefined && consumer === undefined) continue
    if (isUnavailable(await loadPinning(affinity))) await requirePinning()
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

function replicateKey(scenario: string, queue: string, replicate: number): string {
  return `${cellKey(scenario, queue)} ${replicate}`
}

function measuredAlready(records: readonly ResultRecord[]): Set<string> {
  const ok = records.filter((record) => record.status === 'ok')
  return new Set(ok.map(({ scenario, queue, replicate }) => replicateKey(scenario, queue, replicate)))
}

function replicateS({ cell: { scenario } }: Replicate): number {
  return scenario.warmup + scenario.duration + OVERHEAD_S
}

/** Measures what is left of a plan and stores each record as it comes. */
class Session {
  readonly run: Run
  readonly #options: LabOptions
  readonly #store: RunStore
  readonly #records: ResultRecord[]
  readonly #begun = new Set<Cell>()

  constructor(options: LabOptions, store: RunStore) {
    this.run = new Run(options.signal)
    this.#options = options
    this.#store = store
    this.#records = [...store.earlier]
  }

  async measureAll(): Promise<RunOutcome> {
    const done = measuredAlready(this.#store.earlier)
    const { schedule } = this.#options.plan
    const pending = schedule.filter(
      ({ cell, replicate }) => !done.has(replicateKey(cell.scenario.name, cell.queue.label, replicate)),
    )
    try {
      for (const [index, replicate] of pending.entries()) {
        const leftS = pending.slice(index).reduce((sum, next) => sum + replicateS(next), 0)
        const record = await this.#measure(replicate, leftS)
        this.#store.append(record)
        this.#records.push(record)
        this.run.emit('result', record)
      }
    } catch (error) {
      if (!this.run.signal.aborted) throw error
    }
    return { records: this.#records, cancelled: this.run.signal.aborted }
  }

  async #measure(replicate: Replicate, leftS: number): Promise<ResultRecord> {
    const { plan, store, collectors, affinity, graceS = DEFAULT_GRACE_S } = this.#options
    const { run } = this
    const { cell, order, seed } = replicate
    const { scenario, queue } = cell
    const of = { scenario: scenario.name, queue: queue.label, replicate: replicate.replicate, order }
    const ref: ReplicateRef = { ...of, total: plan.schedule.length }
    if (!this.#begun.has(cell)) run.emit('scenario', { scenario: of.scenario, queue: of.queue, config: scenario })
    this.#begun.add(cell)
    run.emit('replicate', ref)

    const began = performance.now()
    const started_at = new Date().toISOString()
    const job = { backend: queue.backend, collectors: collectors(replicate), scenario, seed, affinity }
    const outcome = await measureInProcess(job, {
      queue: queue.label,
      signal: run.signal,
      graceS,
      onStage: (phase) => {
        const remainingS = Math.max(0, leftS - (performance.now() - began) / 1000)
        run.emit('progress', { ...ref, phase, remainingS })
      },
    })
    const head = {
      schema: RECORD_SCHEMA,
      run: store.name,
      ...of,
      cell: plan.cells.indexOf(cell) + 1,
      seed: plan.seed,
      replicate_seed: seed,
      started_at,
      config: scenario,
    } as const
    if (!('status' in outcome)) return { ...head, status: 'failed', error: outcome, warnings: [] }
    for (const message of outcome.warnings) run.emit('warning', { ...ref, message })
    return { ...head, ...outcome }
  }
}

/**
 * Measures a plan, replicate by replicate, each in a fresh process, and stores each record as it comes. Everything that
 * can be refused is refused before this resolves.
 *
 * @throws `ERR_CPU`, `ERR_CAPABILITY`, `ERR_EXISTS`, `ERR_OUTPUT`, `ERR_OPTION`
 *
 * @example
 * const { run, finished } = await startRun({ plan, store: { dir: 'result_data', name: 't000' }, ...options })
 * run.on('result', (record) => console.log(record))
 * await finished
 */
export async function startRun(options: LabOptions): Promise<LabRun> {
  const { plan, command, versions, machine = unavailable('the caller gave no fingerprint') } = options
  await checkPlacement(
    plan.cells.map((cell) => cell.scenario),
    options.affinity,
  )
  const store = new RunStore(options.store, options.onExisting)
  const manifest = {
    schema: MANIFEST_SCHEMA,
    name: options.store.name,
    command,
    seed: plan.seed,
    started_at: new Date().toISOString(),
    versions,
    machine,
    // Over 1, 5 and 15 minutes, as the run begins.
    load: loadavg(),
    plan: planSummary(plan),
  }
  try {
    if (store.earlier.length > 0) checkSamePlan(store, plan)
    store.writeManifest(manifest)
  } catch (error) {
    store.abandon()
    throw error
  }
  const session = new Session(options, store)
  const finish = async (): Promise<RunOutcome> => {
    // A turn of the event loop, so that listeners are there for the first event.
    await new Promise((resolve) => setImmediate(resolve))
    try {
      const outcome = await session.measureAll()
      store.writeManifest({ ...manifest, ended_at: new Date().toISOString(), records: outcome.records.length })
      return outcome
    } finally {
      store.close()
    }
  }
  return { run: session.run, finished: finish() }
}
