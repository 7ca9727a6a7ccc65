import { loadavg } from 'node:os'
import {
  type Fingerprint,
  type Ground,
  groundText,
  isSameGround,
  isUnavailable,
  type MaxRateResult,
  RECORD_SCHEMA,
  type ReplicateRef,
  type ResultRecord,
  Run,
  type Scenario,
  SpscError,
  unavailable,
} from '@spsc/core'
import { placementOf, requirePinning } from '@spsc/core/driver'
import { type Batch, batchOf } from './batch.js'
import { checkDisturbances } from './disturbances/disturbances.js'
import { type MaxRatePlan, MaxRateSearch } from './max-rate.js'
import { loadPinning } from './pinning.js'
import { type Cell, estimateS, OVERHEAD_S, type Plan, type Replicate, workOf } from './plan.js'
import { DEFAULT_GRACE_S, measureInProcess } from './replicate-process.js'
import type { CollectorChoice } from './replicate-protocol.js'
import { type OnExisting, RunStore, type StorePlace } from './store.js'

export const MANIFEST_SCHEMA = 1

export interface LabOptions {
  /** What to measure: a plan of replicates, or searches that plan as they go. */
  readonly plan: Plan | MaxRatePlan
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
  /** Kept in every record and in the manifest; absent: the host, with the clock source of `machine`. */
  readonly ground?: Ground
  /** Seconds a plug-in gets beyond its phase before its cell counts as hung. */
  readonly graceS?: number
  readonly signal?: AbortSignal
}

export interface RunOutcome {
  readonly records: readonly ResultRecord[]
  /** Whether the run was cancelled before its plan was done. */
  readonly cancelled: boolean
  /** What the searches have come to, where the plan is one of searches. */
  readonly maxRate?: readonly MaxRateResult[]
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

function isSearch(plan: Plan | MaxRatePlan): plan is MaxRatePlan {
  return 'search' in plan
}

function planSummary(plan: Plan | MaxRatePlan) {
  const { replicates } = plan
  const cells = plan.cells.map(({ scenario, queue }) => ({ queue: queue.label, scenario }))
  if (!isSearch(plan)) return { replicates, cells }
  return { replicates, slo: plan.slo.map(({ text }) => text), search: plan.search, cells }
}

/** A resumed run must be the same experiment on the same ground, or its blocks would mix two. */
function checkSamePlan(store: RunStore, plan: Plan | MaxRatePlan, ground: Ground): void {
  const manifest = store.readManifest() as { seed?: unknown; plan?: unknown; ground?: Ground }
  if (!isSameGround(manifest.ground, ground)) {
    throw new SpscError(
      'ERR_EXISTS',
      'lab',
      `run ${store.place.name} was measured on ${manifest.ground ? groundText(manifest.ground) : 'host'}, and would go on on ${groundText(ground)}; resume it where it began, or --force to replace it`,
    )
  }
  const same = manifest.seed === plan.seed && JSON.stringify(manifest.plan) === JSON.stringify(planSummary(plan))
  if (same) return
  throw new SpscError(
    'ERR_EXISTS',
    'lab',
    `run ${store.place.name} was planned otherwise (its seed: ${manifest.seed}); resume it with the settings of its manifest, or --force to replace it`,
  )
}

/** Measures what is left of a plan and stores each record as it comes. */
class Session {
  readonly run: Run
  readonly #options: LabOptions
  readonly #store: RunStore
  readonly #ground: Ground
  readonly #records: ResultRecord[]
  readonly #begun = new Set<Cell>()
  readonly #search: MaxRateSearch | undefined
  /** Seconds that the replicates so far took beyond their phases. */
  readonly #overheadsS: number[] = []

  constructor(options: LabOptions, store: RunStore, ground: Ground) {
    this.run = new Run(options.signal)
    this.#options = options
    this.#store = store
    this.#ground = ground
    this.#records = [...store.earlier]
    if (isSearch(options.plan)) this.#search = new MaxRateSearch(options.plan)
  }

  /** @param onBatch called as each batch has been measured, with what the run has come to */
  async measureAll(onBatch: (outcome: RunOutcome) => void): Promise<RunOutcome> {
    try {
      for (const batch of this.#batches()) {
        await this.#measureBatch(batch)
        onBatch(this.#outcome())
      }
    } catch (error) {
      if (!this.run.signal.aborted) throw error
    }
    return this.#outcome()
  }

  #outcome(): RunOutcome {
    const outcome = { records: this.#records, cancelled: this.run.signal.aborted }
    return this.#search === undefined ? outcome : { ...outcome, maxRate: this.#search.results() }
  }

  #batches(): Iterable<Batch> {
    const { plan } = this.#options
    if (isSearch(plan)) return (this.#search as MaxRateSearch).batches(this.#records)
    return [batchOf(plan, this.#records)]
  }

  async #measureBatch({ replicates, total, later }: Batch): Promise<void> {
    let { phasesS } = workOf(replicates)
    for (const [index, replicate] of replicates.entries()) {
      const left = { phasesS: phasesS + later.phasesS, replicates: replicates.length - index + later.replicates }
      const began = performance.now()
      const record = await this.#measure(replicate, total, estimateS(left, this.#overheadS))
      this.#store.append(record)
      this.#records.push(record)
      this.run.emit('result', record)
      const plannedS = workOf([replicate]).phasesS
      phasesS -= plannedS
      if (record.status === 'ok') this.#overheadsS.push((performance.now() - began) / 1000 - plannedS)
    }
  }

  get #overheadS(): number {
    const seen = this.#overheadsS
    return seen.length === 0 ? OVERHEAD_S : Math.max(0, seen.reduce((sum, next) => sum + next, 0) / seen.length)
  }

  async #measure(replicate: Replicate, total: number, leftS: number): Promise<ResultRecord> {
    const { plan, store, collectors, affinity, graceS = DEFAULT_GRACE_S } = this.#options
    const { run } = this
    const { cell, order, seed } = replicate
    const { scenario, queue } = cell
    const of = { scenario: scenario.name, queue: queue.label, replicate: replicate.replicate, order }
    const ref: ReplicateRef = { ...of, total }
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
      cell: cell.number,
      seed: plan.seed,
      replicate_seed: seed,
      started_at,
      config: scenario,
      ground: this.#ground,
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
  const clock_source = isUnavailable(machine) ? machine : machine.clock_source
  const { ground = { in: 'host', clock_source } } = options
  const scenarios = plan.cells.map((cell) => cell.scenario)
  await checkPlacement(scenarios, options.affinity)
  await checkDisturbances(scenarios)
  const store = new RunStore(options.store, options.onExisting)
  const manifest = {
    schema: MANIFEST_SCHEMA,
    name: options.store.name,
    command,
    seed: plan.seed,
    started_at: new Date().toISOString(),
    versions,
    ground,
    machine,
    // Over 1, 5 and 15 minutes, as the run begins.
    load: loadavg(),
    plan: planSummary(plan),
  }
  try {
    if (store.earlier.length > 0) checkSamePlan(store, plan, ground)
    store.writeManifest(manifest)
  } catch (error) {
    store.abandon()
    throw error
  }
  const session = new Session(options, store, ground)
  const finish = async (): Promise<RunOutcome> => {
    // A turn of the event loop, so that listeners are there for the first event.
    await new Promise((resolve) => setImmediate(resolve))
    try {
      // What a search has come to so far is there for a reader even if this process is killed.
      const outcome = await session.measureAll(({ maxRate }) => {
        if (maxRate !== undefined) store.writeManifest({ ...manifest, max_rate: maxRate })
      })
      const { records, maxRate } = outcome
      store.writeManifest({
        ...manifest,
        ended_at: new Date().toISOString(),
        records: records.length,
        ...(maxRate !== undefined && { max_rate: maxRate }),
      })
      return outcome
    } finally {
      store.close()
    }
  }
  return { run: session.run, finished: finish() }
}
