import { type PinThread, pinThread, placementOf, requirePinning } from './affinity.js'
import { monotonicClock } from './clock.js'
import type { Certificate, ClockSkew } from './collected/certificate.js'
import { type Collector, MIN_ACCOUNTS_INTERVAL_US } from './collector.js'
import { Collectors } from './collectors.js'
import { errorCode, errorMessage, SpscError } from './errors.js'
import { checkFaults, describeFault, type Fault } from './faults.js'
import { injectionsOf, NO_INJECTION } from './injections.js'
import { type LittlesLaw, littlesLaw, littlesLawBroken } from './littles-law.js'
import {
  isUnavailable,
  type Phase,
  type PhaseCounts,
  type Pipeline,
  type Thread,
  type Unavailable,
  unavailable,
} from './pipeline.js'
import type { QueueBackend } from './queue.js'
import { seededRandom } from './random.js'
import { judgeRate } from './rate.js'
import type { MeasuredRecord, PhaseRecord } from './record.js'
import { type Scenario, WORD_BYTES } from './scenario.js'
import { clearTrace, createTrace, MAX_TRACE_ROWS, planTrace, type Trace, traceLength } from './trace.js'
import { startWorkerPipeline } from './worker-pipeline.js'

export * from './affinity.js'
export { kernelThreadId } from './kernel-thread.js'

/** Warm-up offers items at least this often, so that a slow pace still gets its code compiled; work may not keep up. */
const WARMUP_INTERVAL_NS = 100_000
/** At interval 0 stamping each item would change the regime; one in this many, at random, does not. */
const MIN_SATURATED_GAP = 64
/** Rows beyond the planned number of items: exponential gaps and early wake-ups may fit in a few more. */
const ROW_RESERVE = 1.1
const BURST_RESERVE = 64
/** Longer than a wake-up takes: the consumer is in its wait before the first item comes. */
const SETTLE_NS = 1e6

/** A certificate may take a twentieth of the run, within these bounds. */
const CERTIFICATE_SHARE = 0.05
const MIN_CERTIFICATE_NS = 20e6
const MAX_CERTIFICATE_NS = 100e6
/** One that has not come by then is not waited for. */
const CERTIFICATE_PATIENCE_MS = 5000

/** What one replicate is made of. */
export interface ReplicateRequest {
  readonly backend: QueueBackend
  readonly scenario: Scenario
  readonly collectors: readonly Collector[]
  readonly seed: number
  /** Delays to put in, for a test of what measures; the record's warnings name them. */
  readonly faults?: readonly Fault[]
  /** How core's own threads are pinned; absent: by `taskset`. */
  readonly pinThread?: PinThread
}

/** Where a replicate is: the collectors start or stop, a phase runs, or the instruments are measured. */
export type Stage = 'collectors' | 'certificate' | Phase['name']

export interface ReplicateHooks {
  /** Called with both ends parked, as each stage begins; the gate stays shut until it resolves. */
  readonly onStage?: (stage: Stage) => void | Promise<void>
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

/** Items that a paced phase may offer, drawn gaps and early wake-ups included. They come a burst at a time. */
function mostItems({ prodIntervalUs, duration, burst }: Scenario): number {
  return burst * (Math.ceil((duration * 1e6 * ROW_RESERVE) / (prodIntervalUs * burst)) + BURST_RESERVE)
}

/** Rows for every item a paced phase can offer, or for a good sample at interval 0. */
function traceRows(scenario: Scenario): number {
  return scenario.prodIntervalUs === 0 ? MAX_TRACE_ROWS / 4 : Math.min(MAX_TRACE_ROWS, mostItems(scenario))
}

/** Items per row when paced: 1, but for a run so long that it has more items than a trace has rows. */
function pacedGap(scenario: Scenario): number {
  return Math.ceil(mostItems(scenario) / MAX_TRACE_ROWS)
}

/** Accounts are differences from item to item, and dear: see {@link Collector.wants}. */
function takesAccounts({ scenario, collectors }: ReplicateRequest): boolean {
  if (!collectors.some(({ wants }) => wants?.includes('accounts'))) return false
  return scenario.prodIntervalUs >= MIN_ACCOUNTS_INTERVAL_US && pacedGap(scenario) === 1
}

/** Those asked for, and those of the scenario. */
function faultsOf({ faults = [], scenario }: ReplicateRequest): readonly Fault[] {
  return [...faults, ...injectionsOf(scenario).flatMap(({ fault }) => fault ?? [])]
}

/** A run whose faults are not put in would be taken for one that has them. */
function checkInjection(request: ReplicateRequest): void {
  const { backend, scenario } = request
  const faults = faultsOf(request)
  checkFaults(faults)
  const garbage = injectionsOf(scenario).find(({ garbageBytes }) => garbageBytes !== undefined)
  if (garbage !== undefined && backend.drive !== undefined) {
    throw new SpscError(
      'ERR_CAPABILITY',
      'driver',
      `${garbage.name} makes garbage in a consumer of JavaScript, and queue ${backend.name} runs threads of its own; measure --queue sab or leave it out`,
    )
  }
  if (faults.length > 0 && backend.drive !== undefined && !backend.supports.faults) {
    throw new SpscError(
      'ERR_CAPABILITY',
      'driver',
      `queue ${backend.name} runs its own threads and puts no faults in; measure another queue or leave them out`,
    )
  }
  const early = faults.find(({ at }) => at === 'pacer' || at === 'producer')
  if (early === undefined || scenario.prodIntervalUs > 0) return
  throw new SpscError(
    'ERR_OPTION',
    'driver',
    `a fault in ${early.at} at interval 0, where nothing is due at a time; allowed: queue, service; or set prodIntervalUs`,
  )
}

/** Figures of words must not stand under another size. Core's own threads pass numbers: only `drive` can do more. */
function checkItemBytes({ itemBytes }: Scenario, { name, drive, supports }: QueueBackend): void {
  if (itemBytes === WORD_BYTES || (drive !== undefined && supports.itemBytes)) return
  throw new SpscError(
    'ERR_CAPABILITY',
    'driver',
    `itemBytes is ${itemBytes}, but queue ${name} carries items of one 64-bit word; allowed: ${WORD_BYTES}; set itemBytes to ${WORD_BYTES} or measure a queue of larger items: --queue native`,
  )
}

/** Starts the backend's own pipeline, or two workers around its ends. */
async function startPipeline(request: ReplicateRequest, trace: Trace, signal: AbortSignal): Promise<Pipeline> {
  const { backend, scenario, seed } = request
  checkItemBytes(scenario, backend)
  checkInjection(request)
  const placement = placementOf(scenario)
  const pinned = placement.producer !== undefined || placement.consumer !== undefined
  const setup = { scenario, trace, seed, placement, faults: faultsOf(request), signal }
  if (backend.drive === undefined) {
    if (pinned && request.pinThread === undefined) await requirePinning()
    return startWorkerPipeline(backend, setup, request.pinThread ?? pinThread)
  }
  if (pinned && !backend.supports.pin) {
    throw new SpscError(
      'ERR_CAPABILITY',
      'driver',
      `queue ${backend.name} runs its own threads and does not pin them; set pinProducer and pinConsumer to none`,
    )
  }
  return backend.drive(setup)
}

function elapsedS(startNs: bigint, endNs: bigint): number {
  return Number(endNs - startNs) / 1e9
}

/** `offered = delivered + dropped`, in order, or the figures mean nothing. */
function checkIntegrity(phase: string, { offered, delivered, dropped, outOfOrder }: PhaseCounts): void {
  if (offered === delivered + dropped && outOfOrder === 0) return
  throw new SpscError(
    'ERR_INTEGRITY',
    'driver',
    `not first-in first-out: ${offered} offered, ${delivered} delivered, ${dropped} dropped, ${outOfOrder} out of order in phase ${phase}`,
  )
}

function figures(scenario: Scenario, counts: PhaseCounts) {
  const { offered, delivered, dropped, startNs, offersEndNs, endNs } = counts
  const offered_ops_s = offered / elapsedS(startNs, offersEndNs)
  const planned_ops_s = 1e6 / scenario.prodIntervalUs
  return {
    offered,
    delivered,
    dropped,
    drop_rate: offered === 0 ? 0 : dropped / offered,
    ops_s: delivered / elapsedS(startNs, endNs),
    offered_ops_s,
    ...(scenario.prodIntervalUs > 0 && { planned_ops_s, rate_ratio: offered_ops_s / planned_ops_s }),
  }
}

const UNTOLD = 'the queue runs its own threads and does not tell'

/** Where the time of a phase went, as far as its pipeline told. */
function accountOf(phase: Phase['name'], counts: PhaseCounts) {
  const untold = unavailable(UNTOLD)
  const { blockedNs = untold, lateNs = untold, producerRunDelayNs = untold, consumerRunDelayNs = untold } = counts
  return {
    ...(phase === 'paced' && { blocked_ns: blockedNs, late_ns: lateNs }),
    producer_run_delay_ns: producerRunDelayNs,
    consumer_run_delay_ns: consumerRunDelayNs,
  }
}

function withSlack(thread: Thread): Thread {
  return { ...thread, timer_slack_ns: thread.timer_slack_ns ?? unavailable(UNTOLD) }
}

/** A sleep may end later than was asked for: where the kernel or a sandbox would not set the slack. */
function slackWarnings({ timerSlack }: Scenario, { producer, consumer }: Pipeline): string[] {
  if (timerSlack === 'default') return []
  return Object.entries({ producer, consumer }).flatMap(([role, { timer_slack_ns: found }]) =>
    found === undefined || isUnavailable(found) || found <= timerSlack
      ? []
      : [`timer slack of the ${role} is ${found} ns and could not be set to ${timerSlack}: its sleeps end later`],
  )
}

function injectedWarnings({ inject }: Scenario): string[] {
  return inject === NO_INJECTION ? [] : [`faults were put in: ${inject}`]
}

function waitingWarnings({ wait }: Scenario, { drive, supports }: QueueBackend): string[] {
  if (wait !== 'block' || drive !== undefined || supports.block || supports.async) return []
  return [
    "this queue can't block: core polls it every 0.05 to 1 ms, which is in the latency; --wait spin measures the queue",
  ]
}

/** Costs no replicate its figures: what goes wrong here stands in place of the certificate. */
async function certify(pipeline: Pipeline, { duration }: Scenario): Promise<Certificate | Unavailable> {
  if (pipeline.certify === undefined)
    return unavailable('this queue runs threads of its own and measures no certificate')
  const budgetNs = Math.min(MAX_CERTIFICATE_NS, Math.max(MIN_CERTIFICATE_NS, CERTIFICATE_SHARE * duration * 1e9))
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Unavailable>((resolve) => {
    const reason = unavailable(`no certificate came within ${CERTIFICATE_PATIENCE_MS / 1000} s`)
    timer = setTimeout(resolve, CERTIFICATE_PATIENCE_MS, reason)
  })
  try {
    const certificate = await Promise.race([pipeline.certify(budgetNs), late])
    const stored = JSON.parse(JSON.stringify(certificate)) as Certificate | Unavailable | null
    return stored ?? unavailable('the queue gave no certificate')
  } catch (error) {
    return unavailable(errorMessage(error))
  } finally {
    clearTimeout(timer)
  }
}

function certificateWarnings(certificate: Certificate | Unavailable): string[] {
  // A queue may bring a certificate of its own: what it lacks is no reason to fail.
  const { backwards = 0, n } = ((certificate as Partial<Certificate>).skew_ns as Partial<ClockSkew>) ?? {}
  if (backwards === 0) return []
  return [`the clock ran backwards ${backwards} times in ${n} messages between the threads: no one-way time is sure`]
}

/** One replicate on its way: a pipeline, what it is measured with, and what is known so far. */
class Replicate {
  readonly #request: ReplicateRequest
  readonly #trace: Trace
  readonly #pipeline: Pipeline
  readonly #onStage: NonNullable<ReplicateHooks['onStage']>
  readonly #collectors: Collectors
  readonly #random: () => number
  readonly #phases: PhaseRecord[] = []
  readonly #warnings: string[]
  #littlesLaw: LittlesLaw | Unavailable = unavailable('not every item was stamped')

  constructor(request: ReplicateRequest, trace: Trace, pipeline: Pipeline, onStage: ReplicateHooks['onStage']) {
    this.#request = request
    this.#trace = trace
    this.#pipeline = pipeline
    this.#onStage = onStage ?? (() => {})
    this.#collectors = new Collectors(request.collectors)
    this.#random = seededRandom(request.seed)
    this.#warnings = [
      ...waitingWarnings(request.scenario, request.backend),
      ...slackWarnings(request.scenario, pipeline),
      ...(request.faults ?? []).map((fault) => `a fault was put in: ${describeFault(fault)}`),
      ...injectedWarnings(request.scenario),
    ]
  }

  async measure(): Promise<Measurement> {
    const { scenario } = this.#request
    const { producer, consumer } = this.#pipeline
    await this.#warmUp()
    clearTrace(this.#trace)
    await this.#onStage('collectors')
    await this.#collectors.start({ scenario, producer, consumer, trace: this.#trace, clock: monotonicClock })
    const counts = scenario.prodIntervalUs > 0 ? await this.#measurePaced() : await this.#measureFlatOut()
    await this.#onStage('collectors')
    const collectors = await this.#collectors.stop()
    // Last, as it runs the same loops over another queue: V8 would measure the rest by what it learnt from that.
    await this.#onStage('certificate')
    const certificate = await certify(this.#pipeline, scenario)
    const rate = judgeRate(scenario, counts)
    const broken = littlesLawBroken(this.#littlesLaw)
    return {
      status: 'ok',
      ...rate,
      ...(broken !== undefined && { invalid: broken }),
      ...figures(scenario, counts),
      littles_law: this.#littlesLaw,
      phases: this.#phases,
      threads: { producer: withSlack(producer), consumer: withSlack(consumer) },
      collectors,
      certificate,
      warnings: [
        ...rate.warnings,
        ...(broken === undefined ? [] : [broken]),
        ...this.#warnings,
        ...this.#collectors.warnings,
        ...certificateWarnings(certificate),
      ],
    }
  }

  /** Ends the threads and the collectors, however far they came. */
  async end(): Promise<void> {
    await this.#pipeline.stop()
    await this.#collectors.stop()
  }

  /** Stamps too, so that the stamped paths are compiled. */
  async #warmUp(): Promise<void> {
    const { warmup, prodIntervalUs, workBytes } = this.#request.scenario
    if (warmup === 0) return
    const intervalNs = prodIntervalUs * 1000
    const paceNs = workBytes === 0 ? Math.min(intervalNs, WARMUP_INTERVAL_NS) : intervalNs
    await this.#run('warmup', warmup, paceNs, intervalNs === 0 ? MIN_SATURATED_GAP : 1)
  }

  async #measurePaced(): Promise<PhaseCounts> {
    const { scenario } = this.#request
    const gap = pacedGap(scenario)
    const counts = await this.#measurePhase('paced', scenario.duration, gap)
    if (gap === 1) this.#littlesLaw = littlesLaw(this.#trace, counts)
    return counts
  }

  async #measureFlatOut(): Promise<PhaseCounts> {
    const half = this.#request.scenario.duration / 2
    const counts = await this.#measurePhase('throughput', half)
    const gap = Math.max(MIN_SATURATED_GAP, Math.ceil((counts.offered * 1.5) / this.#trace.rows))
    await this.#measurePhase('sampled', half, gap)
    return counts
  }

  async #measurePhase(name: Phase['name'], seconds: number, meanGap?: number): Promise<PhaseCounts> {
    const counts = await this.#run(name, seconds, this.#request.scenario.prodIntervalUs * 1000, meanGap)
    const { startNs, offersEndNs, endNs, offered, delivered, dropped, scheduled, javascript } = counts
    const items = { offered, delivered, dropped, scheduled, ...(javascript && { javascript }) }
    const times = { start_ns: Number(startNs), offers_end_ns: Number(offersEndNs), end_ns: Number(endNs) }
    const sampling = meanGap === undefined ? {} : { sampled: traceLength(this.#trace), mean_gap: meanGap }
    const record = { name, stamped: meanGap !== undefined, ...items, ...times, ...accountOf(name, counts), ...sampling }
    this.#phases.push(record)
    if (meanGap !== undefined) this.#checkTrace(counts)
    await this.#collectors.phaseEnd(record)
    return counts
  }

  /** @param meanGap items per sampled one; absent: nothing is stamped */
  async #run(name: Phase['name'], seconds: number, intervalNs: number, meanGap?: number): Promise<PhaseCounts> {
    const stamped = meanGap !== undefined
    if (stamped) planTrace(this.#trace, meanGap, this.#random)
    await this.#onStage(name)
    const phase = { name, durationNs: seconds * 1e9, intervalNs, settleNs: SETTLE_NS, stamped }
    if (name !== 'warmup') await this.#collectors.phaseStart(phase)
    const counts = await this.#pipeline.run(phase)
    checkIntegrity(name, counts)
    return counts
  }

  /** More items than the plan allowed for leave the rest of the phase without samples. */
  #checkTrace({ offered }: PhaseCounts): void {
    const { number, rows } = this.#trace
    const last = number[rows - 2] ?? 0
    if (offered <= last + 1) return
    const percent = Math.round((100 * last) / offered)
    this.#warnings.push(
      `the trace was full after ${percent} % of the items: latencies are of the beginning; measure again`,
    )
  }
}

function cancellation(signal: AbortSignal): SpscError {
  return new SpscError('ERR_CANCELLED', 'driver', 'the run was cancelled', { cause: signal.reason })
}

/** What goes wrong in a backend's hands is said of the backend. */
function blame(backend: QueueBackend, error: unknown): SpscError {
  const code = errorCode(error, 'ERR_PLUGIN_FAILED')
  if (code === 'ERR_CPU' || code === 'ERR_CAPABILITY') return error as SpscError
  const message = errorMessage(error).replace(/^\[spsc] \[driver] /, '')
  return new SpscError(code, 'driver', `queue ${backend.name}: ${message}`, { cause: error })
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
  const { signal = new AbortController().signal, onStage } = hooks
  let cancel = () => {}
  const cancelled = new Promise<never>((_, reject) => {
    cancel = () => reject(cancellation(signal))
  })
  cancelled.catch(() => {})
  if (signal.aborted) cancel()
  signal.addEventListener('abort', cancel)
  let replicate: Replicate | undefined
  const measure = async () => {
    const trace = createTrace(traceRows(request.scenario), takesAccounts(request))
    const pipeline = await startPipeline(request, trace, signal)
    if (signal.aborted) {
      // It came up in spite of that, when nobody waits for it any more.
      await pipeline.stop()
      throw cancellation(signal)
    }
    replicate = new Replicate(request, trace, pipeline, onStage)
    return replicate.measure()
  }
  try {
    return await Promise.race([cancelled, signal.aborted ? cancelled : measure()])
  } catch (error) {
    throw signal.aborted ? cancellation(signal) : blame(request.backend, error)
  } finally {
    signal.removeEventListener('abort', cancel)
    await replicate?.end()
  }
}
