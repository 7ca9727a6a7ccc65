import {
  isUnavailable,
  type MaxRateResult,
  type MaxRateStep,
  type MeasuredRecord,
  type ResultRecord,
  type Scenario,
  SpscError,
  unavailable,
} from '@spsc/core'
import { median } from '@spsc/metrics'
import { type Batch, unmeasured } from './batch.js'
import { blocksOf, type Cell, type PlanOptions, planCells, workTime } from './plan.js'
import { conclude, nextRate, type RateSearch, stepsLeft } from './rate-search.js'
import { keeps, type Slo } from './slo.js'

/** Share of a step's replicates that must agree. */
const AGREEMENT = 3 / 4
/** A step is measured this often, each time with all replicates, before its disagreement counts as the answer. */
const MAX_ROUNDS = 3

export const DEFAULT_RATES: RateSearch = { lowest: 1000, highest: 10_000_000, resolution: 0.05 }
const MIN_RESOLUTION = 0.005
const MAX_RESOLUTION = 1
const MIN_RATE = 1 / 60
const MAX_RATE = 1e9

export interface MaxRateOptions extends PlanOptions {
  readonly slo: Slo
  readonly search: RateSearch
}

/** Searches of the highest open-loop rate that holds an objective, one for each scenario and queue. */
export interface MaxRatePlan {
  /** What is searched: each step of a search is a cell of its own, labelled `SCENARIO rate=N`. */
  readonly cells: readonly Cell[]
  readonly replicates: number
  readonly seed: number
  readonly slo: Slo
  readonly search: RateSearch
}

function refuse(message: string): SpscError {
  return new SpscError('ERR_OPTION', 'lab', message)
}

function checkSearch({ lowest, highest, resolution }: RateSearch): void {
  if (!(lowest >= MIN_RATE && highest <= MAX_RATE && lowest <= highest)) {
    throw refuse(
      `rates are ${lowest}..${highest}; allowed: items per second from ${MIN_RATE.toFixed(3)} to ${MAX_RATE}`,
    )
  }
  if (!(resolution >= MIN_RESOLUTION && resolution <= MAX_RESOLUTION)) {
    throw refuse(`resolution is ${resolution}; allowed: a proportion from ${MIN_RESOLUTION} to ${MAX_RESOLUTION}`)
  }
}

/**
 * Plans one search for each scenario of a matrix on each queue. The scenarios' interval is the search's to choose.
 *
 * @throws `ERR_OPTION` as `planRun` does, for rates or a resolution out of range, and for pacing `sleep`, which keeps no
 * rate
 *
 * @example
 * planMaxRate({ scenarios, queues, replicates: 3, seed: 1, slo: parseSlo('p99<1ms'), search: DEFAULT_RATES })
 */
export function planMaxRate({ slo, search, ...options }: MaxRateOptions): MaxRatePlan {
  checkSearch(search)
  const scenarios = options.scenarios.map(({ name, settings }) => ({
    name,
    settings: { ...settings, prodIntervalUs: 1e6 / search.lowest },
  }))
  const cells = planCells({ ...options, scenarios })
  if (cells.some(({ scenario }) => scenario.pacing === 'sleep')) {
    throw refuse('pacing is sleep, which drifts and keeps no rate; allowed in a search of rates: deadline, spin')
  }
  return { cells, replicates: options.replicates, seed: options.seed, slo, search }
}

function atRate({ name, ...settings }: Scenario, rate: number): Scenario {
  return { ...settings, name: `${name} rate=${rate}`, prodIntervalUs: 1e6 / rate }
}

/** A step that is being measured: so many rounds of replicates. */
interface OpenStep {
  readonly rate: number
  readonly cell: Cell
  rounds: number
}

function medianOf(figures: readonly (number | { readonly unavailable: string })[]): MaxRateStep['figures'][string] {
  const numbers = figures.filter((figure) => typeof figure === 'number')
  if (numbers.length === 0) return figures.find(isUnavailable) ?? unavailable('no replicate was measured')
  const middle = median(numbers)
  // JSON has no infinity.
  return Number.isFinite(middle) ? middle : unavailable('so many items were dropped that the percentile is one of them')
}

/** The search of one cell. */
class CellSearch {
  readonly #plan: MaxRatePlan
  readonly #cell: Cell
  readonly #steps: MaxRateStep[] = []
  #open: OpenStep | undefined

  constructor(plan: MaxRatePlan, cell: Cell) {
    this.#plan = plan
    this.#cell = cell
  }

  /** The step to measure another round of; none where the search is over. */
  next(numberOfStep: () => number): OpenStep | undefined {
    if (this.#open === undefined) {
      if (this.#steps.at(-1)?.verdict === 'unmeasured') return undefined
      const rate = nextRate(this.#steps, this.#plan.search)
      if (rate === undefined) return undefined
      const { scenario, queue } = this.#cell
      this.#open = { rate, cell: { number: numberOfStep(), scenario: atRate(scenario, rate), queue }, rounds: 0 }
    }
    return this.#open
  }

  /** Takes in what another round has measured. */
  judge(records: readonly ResultRecord[]): void {
    const open = this.#open
    if (open === undefined) return
    open.rounds++
    const { slo, replicates } = this.#plan
    const measured = records.filter(
      (record): record is MeasuredRecord =>
        record.status === 'ok' &&
        record.scenario === open.cell.scenario.name &&
        record.queue === open.cell.queue.label &&
        record.replicate <= open.rounds * replicates,
    )
    const verdicts = measured.map((record) => keeps(record, slo)).filter((verdict) => typeof verdict === 'boolean')
    const held = verdicts.filter(Boolean).length
    const verdict = verdictOf(held, verdicts.length, open.rounds)
    if (verdict === undefined) return
    const bounded = slo.map((term) => [term.figure, medianOf(measured.map(term.of))] as const)
    this.#steps.push({
      rate: open.rate,
      verdict,
      measured: verdicts.length,
      kept_rate: measured.filter(({ invalid }) => invalid === undefined).length,
      held,
      figures: { ...Object.fromEntries(bounded), drop_rate: medianOf(measured.map(({ drop_rate }) => drop_rate)) },
    })
    this.#open = undefined
  }

  /** Steps still to come, at most. */
  get stepsLeft(): number {
    return stepsLeft(this.#steps, this.#plan.search)
  }

  get scenario(): Scenario {
    return this.#cell.scenario
  }

  result(): MaxRateResult {
    const { slo, search } = this.#plan
    return {
      scenario: this.#cell.scenario.name,
      queue: this.#cell.queue.label,
      slo: slo.map(({ text }) => text),
      resolution: search.resolution,
      lowest_rate: search.lowest,
      highest_rate: search.highest,
      ...conclude(this.#steps, search),
      steps: this.#steps,
    }
  }
}

/** `undefined`: they disagree, and another round may settle it. */
function verdictOf(held: number, measured: number, rounds: number): MaxRateStep['verdict'] | undefined {
  if (measured === 0) return 'unmeasured'
  if (held >= AGREEMENT * measured) return 'held'
  if (measured - held >= AGREEMENT * measured) return 'failed'
  return rounds < MAX_ROUNDS ? undefined : 'inconclusive'
}

/**
 * The searches of a plan as a function of what is measured: each batch is another round of every step that is open, and
 * what was measured earlier is read, not measured again. So a resumed search walks the same way and goes on.
 */
export class MaxRateSearch {
  readonly #plan: MaxRatePlan
  readonly #searches: readonly CellSearch[]

  constructor(plan: MaxRatePlan) {
    this.#plan = plan
    this.#searches = plan.cells.map((cell) => new CellSearch(plan, cell))
  }

  /** @param records what is measured; grows while a batch is measured */
  *batches(records: readonly ResultRecord[]): Generator<Batch> {
    const { replicates, seed } = this.#plan
    let steps = 0
    for (let round = 1; ; round++) {
      const open = this.#searches.flatMap((search) => search.next(() => ++steps) ?? [])
      if (open.length === 0) return
      const offsets = new Map(open.map(({ cell, rounds }) => [cell, rounds * replicates]))
      // Another order and other seeds in each round, the same ones when resumed.
      const blocks = blocksOf([...offsets.keys()], replicates, (seed + Math.imul(round, 0x9e3779b9)) >>> 0)
      const scheduled = blocks.map((item) => ({ ...item, replicate: item.replicate + (offsets.get(item.cell) ?? 0) }))
      const pending = unmeasured(scheduled, records)
      const last = records.reduce((order, record) => Math.max(order, record.order), 0)
      const later = this.#searches.map((search) => {
        const stepsLater = Math.max(0, search.stepsLeft - 1)
        return workTime(search.scenario, stepsLater * replicates)
      })
      yield {
        replicates: pending.map((item, index) => ({ ...item, order: last + index + 1 })),
        total: last + pending.length,
        later: {
          phasesS: later.reduce((sum, { phasesS }) => sum + phasesS, 0),
          replicates: later.reduce((sum, next) => sum + next.replicates, 0),
        },
      }
      for (const search of this.#searches) search.judge(records)
    }
  }

  results(): readonly MaxRateResult[] {
    return this.#searches.map((search) => search.result())
  }
}

/** Steps that each search takes at most, where its replicates agree. */
export function maxSteps({ search }: MaxRatePlan): number {
  return stepsLeft([], search)
}
