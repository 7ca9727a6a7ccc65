import { placementOf, requirePinning } from './affinity.js'
import type { Collector, RunContext } from './collector.js'
import { errorMessage, SpscError } from './errors.js'
import { monotonicClock } from './node-clock.js'
import { type Phase, type PhaseCounts, type Pipeline, unavailable } from './pipeline.js'
import type { QueueBackend } from './queue.js'
import { seededRandom } from './random.js'
import type { MeasuredRecord, PhaseRecord } from './record.js'
import type { Scenario } from './scenario.js'
import { clearTrace, createTrace, MAX_TRACE_ROWS, planTrace, type Trace, traceLength } from './trace.js'
import { startWorkerPipeline } from './worker-pipeline.js'

export * from './affinity.js'
export * from './node-clock.js'

/** Warm-up offers items at least this often, so that a slow pace still gets its code compiled. */
const WARMUP_INTERVAL_NS = 100_000
/** At interval 0 stamping each item would change the regime; one in this many, at random, does not. */
const MIN_SATURATED_GAP = 64
/** Rows beyond the planned number of items: exponential gaps and early wake-ups may fit in a few more. */
const ROW_RESERVE = 1.1
/** Achieved against planned items per second: below this a schedule was not kept. */
const RATE_TOLERANCE = 0.97

/** What one replicate is made of. */
export interface ReplicateRequest {
  readonly backend: QueueBackend
  readonly scenario: Scenario
  readonly collectors: readonly Collector[]
  readonly seed: number
}

export interface ReplicateHooks {
  /** Called with both ends parked, before each phase. */
  readonly onPhase?: (phase: Phase['name']) => void
  /** Stops the threads at once; the promise rejects with `ERR_CANCELLED`. */
  readonly signal?: AbortSignal
}

/** The figures of a replicate; the laboratory adds which replicate it was. */
export type Measurement = Omit<
  MeasuredRecord,
  | 'schema'
  | 'run'
  | 'scenario'
  | 'queue'
  | 'cell'
  | 'replicate'
  | 'order'
  | 'seed'
  | 'replicate_seed'
  | 'started_at'
  | 'config'
>

/** Rows for every item a paced phase can offer, or for a good sample at interval 0. */
function traceRows({ prodIntervalUs, duration }: Scenario): number {
  if (prodIntervalUs === 0) return MAX_TRACE_ROWS / 4
  return Math.min(MAX_TRACE_ROWS, Math.ceil((duration * 1e6 * ROW_RESERVE) / prodIntervalUs) + 64)
}

/** Starts the backend's own pipeline, or two workers around its ends. */
async function startPipeline(
  { backend, scenario, seed }: ReplicateRequest,
  trace: Trace,
  cancelled: Promise<never>,
): Promise<Pipeline> {
  const placement = placementOf(scenario)
  const pinned = placement.producer !== undefined || placement.consumer !== undefined
  const setup = { scenario, trace, seed, placement }
  if (backend.drive !== undefined) {
    if (pinned && !backend.supports.pin) {
      throw new SpscError(
        'ERR_CAPABILITY',
        'driver',
        `queue ${backend.name} runs its own threads and does not pin them; set pinProducer and pinConsumer to none`,
      )
    }
    return backend.drive(setup)
  }
  if (pinned) await requirePinning()
  return startWorkerPipeline(backend, setup, cancelled)
}

function cancellation(signal: AbortSignal | undefined): SpscError {
  return new SpscError('ERR_CANCELLED', 'driver', 'the run was cancelled', { cause: signal?.reason })
}

/** Calls the collectors; one that throws becomes unavailable and leaves the rest alone. */
class Collectors {
  readonly #collectors: readonly Collector[]
  readonly #failed = new Map<string, string>()

  constructor(collectors: readonly Collector[]) {
    this.#collectors = collectors
  }

  async start(run: RunContext): Promise<void> {
    for (const collector of this.#collectors) {
      try {
        await collector.start(run)
      } catch (error) {
        this.#failed.set(collector.name, errorMessage(error))
      }
    }
  }

  async stop(): Promise<Record<string, unknown>> {
    const data: Record<string, unknown> = {}
    for (const collector of this.#collectors) {
      if (this.#failed.has(collector.name)) continue
      try {
        data[collector.name] = await collector.stop()
      } catch (error) {
        this.#failed.set(collector.name, errorMessage(error))
      }
    }
    for (const [name, reason] of this.#failed) data[name] = unavailable(reason)
    return data
  }

  /** One line for each that threw. */
  get warnings(): string[] {
    return [...this.#failed].map(([name, reason]) => `collector ${name}: ${reason}`)
  }
}

function elapsedS({ startNs, endNs }: PhaseCounts): number {
  return Number(endNs - startNs) / 1e9
}

/** `offered = delivered + dropped`, in order, or the figures mean nothing. */
function checkIntegrity(
  backend: string,
  phase: string,
  { offered, delivered, dropped, outOfOrder }: PhaseCounts,
): void {
  if (offered === delivered + dropped && outOfOrder === 0) return
  throw new SpscError(
    'ERR_INTEGRITY',
    'driver',
    `queue ${backend} is not first-in first-out: ${offered} offered, ${delivered} delivered, ${dropped} dropped, ${outOfOrder} out of order in phase ${phase}`,
  )
}

/** Throughput comes from the first measured phase: the only one when paced, the unstamped one at interval 0. */
function figures(
  scenario: Scenario,
  counts: PhaseCounts,
): Pick<
  MeasuredRecord,
  'offered' | 'delivered' | 'dropped' | 'drop_rate' | 'ops_s' | 'offered_ops_s' | 'planned_ops_s'
> {
  const { offered, delivered, dropped } = counts
  const seconds = elapsedS(counts)
  return {
    offered,
    delivered,
    dropped,
    drop_rate: offered === 0 ? 0 : dropped / offered,
    ops_s: delivered / seconds,
    offered_ops_s: offered / seconds,
    ...(scenario.prodIntervalUs > 0 && { planned_ops_s: 1e6 / scenario.prodIntervalUs }),
  }
}

/** A relative sleep drifts by its nature; the other pacings promise a schedule, and one that was missed is no result. */
function judgeRate(
  { pacing, prodIntervalUs }: Scenario,
  offeredPerS: number,
): Pick<MeasuredRecord, 'warnings' | 'invalid'> {
  const achieved = (offeredPerS * prodIntervalUs) / 1e6
  if (prodIntervalUs === 0 || achieved >= RATE_TOLERANCE) return { warnings: [] }
  if (pacing === 'sleep') {
    return {
      warnings: ['a relative sleep drifts: fewer items were offered than planned; --pacing deadline keeps the rate'],
    }
  }
  const percent = Math.round(achieved * 100)
  const invalid = `offered ${percent} % of the planned rate: the producer or a full queue held it up; lower the rate or raise the capacity`
  return { warnings: [invalid], invalid }
}

/**
 * Measures one replicate: threads come up, warm up and park; collectors start; the gate opens for the measured phases;
 * collectors stop.
 *
 * @throws `ERR_PLUGIN…`, `ERR_INTEGRITY`, `ERR_CPU`, `ERR_CAPABILITY`, `ERR_CANCELLED`
 *
 * @example
 * const { ops_s } = await runReplicate({ backend: sab, scenario: parseScenario('mine'), collectors: [], seed: 1 })
 */
export async function runReplicate(request: ReplicateRequest, hooks: ReplicateHooks = {}): Promise<Measurement> {
  const { backend, scenario, seed } = request
  const { signal, onPhase = () => {} } = hooks
  if (signal?.aborted) throw cancellation(signal)
  const cancelled = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(cancellation(signal)), { once: true })
  })
  cancelled.catch(() => {})
  const trace = createTrace(traceRows(scenario))
  const random = seededRandom(seed)
  const pipeline = await startPipeline(request, trace, cancelled)

  const intervalNs = scenario.prodIntervalUs * 1000
  const phases: PhaseRecord[] = []
  const run = async (name: Phase['name'], seconds: number, stamped: boolean, meanGap: number): Promise<PhaseCounts> => {
    if (stamped) planTrace(trace, meanGap, random)
    onPhase(name)
    const paceNs = name === 'warmup' ? Math.min(intervalNs, WARMUP_INTERVAL_NS) : intervalNs
    const phase = { name, durationNs: seconds * 1e9, intervalNs: paceNs, stamped }
    const counts = await Promise.race([pipeline.run(phase), cancelled])
    checkIntegrity(backend.name, name, counts)
    const { offered, delivered, dropped } = counts
    const sampling = stamped ? { sampled: traceLength(trace), mean_gap: meanGap } : {}
    if (name !== 'warmup')
      phases.push({ name, stamped, offered, delivered, dropped, elapsed_s: elapsedS(counts), ...sampling })
    return counts
  }

  try {
    // Warm-up stamps too, so that the stamped paths are compiled; its rows are cleared with the next plan.
    const warmupGap = intervalNs === 0 ? MIN_SATURATED_GAP : 1
    if (scenario.warmup > 0) await run('warmup', scenario.warmup, true, warmupGap)
    clearTrace(trace)
    const collectors = new Collectors(request.collectors)
    const { producer, consumer } = pipeline
    await collectors.start({ scenario, producer, consumer, trace, clock: monotonicClock })
    let counts: PhaseCounts
    if (intervalNs > 0) {
      const planned = (scenario.duration * 1e9) / intervalNs
      counts = await run('paced', scenario.duration, true, Math.ceil((planned * ROW_RESERVE) / MAX_TRACE_ROWS))
    } else {
      counts = await run('throughput', scenario.duration / 2, false, 0)
      const gap = Math.max(MIN_SATURATED_GAP, Math.ceil((counts.offered * 1.5) / trace.rows))
      await run('sampled', scenario.duration / 2, true, gap)
    }
    const result = figures(scenario, counts)
    const data = await collectors.stop()
    const rate = judgeRate(scenario, result.offered_ops_s)
    return {
      status: 'ok',
      ...rate,
      ...result,
      phases,
      threads: { producer, consumer },
      collectors: data,
      warnings: [...rate.warnings, ...collectors.warnings],
    }
  } finally {
    await pipeline.stop()
  }
}
