import { parseDuration, SpscError } from '@spsc/core'
import {
  type CollectorChoice,
  DEFAULT_RATES,
  estimateS,
  maxSteps,
  type Plan,
  parseSlo,
  planMaxRate,
  planRun,
  type RateSearch,
  type WorkTime,
  workOf,
  workTime,
} from '@spsc/lab'
import { EXIT } from './exit-codes.js'
import { latenciesFor } from './latencies.js'
import { type Measuring, measure } from './measure.js'
import { resolveCollector } from './plugins.js'
import { renderConfig } from './print-config.js'
import type { Flags } from './program.js'
import { about } from './progress.js'
import { parseRange } from './ranges.js'
import { type CommandDefaults, settleOptions } from './run-options.js'
import { envName, option, parseRate, settingsLayer, toMatrix } from './settings.js'
import { print } from './streams.js'

const DEFAULTS: CommandDefaults = { name: 'sweep', replicates: 3 }
/** Rows of the table on the terminal; the report has all. */
const MAX_ROWS = 30
const SEARCH_OPTIONS = ['slo', 'resolution']

function refuse(message: string): SpscError {
  return new SpscError('ERR_OPTION', 'cli', message)
}

/** A slip of the pen in a range is a week of measuring. */
function checkTime(estimatedS: number, flags: Flags): void {
  const text = option(flags, 'max-time', '24h')
  const limitS = parseDuration(text)
  if (!(limitS > 0)) {
    throw refuse(`--max-time is ${JSON.stringify(text)}; allowed: a duration above 0: 90s, 30m, 48h or bare seconds`)
  }
  if (estimatedS <= limitS) return
  throw refuse(
    `this takes about ${about(estimatedS)}, more than --max-time ${text}; vary less, lower --duration or raise --max-time`,
  )
}

/** How much there is to measure and how long it takes. @throws `ERR_OPTION` where that is too long */
function estimateOf(work: WorkTime, flags: Flags, text: (time: string) => string): NonNullable<Measuring['estimate']> {
  const estimatedS = estimateS(work)
  checkTime(estimatedS, flags)
  return { text: text(about(estimatedS)), estimated_s: Math.ceil(estimatedS) }
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}

async function sweepProduct(targets: readonly string[], flags: Flags): Promise<number> {
  const stray = SEARCH_OPTIONS.find((name) => flags[name] !== undefined)
  if (stray !== undefined)
    throw refuse(`--${stray} is of a search for the highest rate; add --max-rate, or leave it out`)
  const options = await settleOptions(targets, flags, DEFAULTS)
  const plan: Plan = planRun({ ...options, scenarios: options.scenarios.map(toMatrix) })
  if (flags['print-config']) {
    print(renderConfig(options))
    return EXIT.ok
  }
  const { latencies, onExisting } = options
  const latenciesOf = latenciesFor(latencies, plan, onExisting)
  const { cells, replicates, schedule } = plan
  const estimate = estimateOf(
    workOf(schedule),
    flags,
    (time) => `${counted(cells.length, 'cell')} x ${counted(replicates, 'replicate')}: about ${time}`,
  )
  return measure({ options, flags, plan, ...latenciesOf, estimate, maxRows: MAX_ROWS })
}

/** `--rate LOWEST..HIGHEST` in a search. */
function boundsOf(flags: Flags): Pick<RateSearch, 'lowest' | 'highest'> {
  const given = flags.rate as readonly string[] | undefined
  const calledBy = given === undefined ? envName('rate') : '--rate'
  const text = given?.join(',') ?? process.env[envName('rate')]
  if (text === undefined) return DEFAULT_RATES
  if (!/^[^,*+]+\.\.[^,*+]+$/.test(text)) {
    throw refuse(
      `${calledBy} is ${JSON.stringify(text)}; allowed with --max-rate: LOWEST..HIGHEST, in items per second`,
    )
  }
  const { first, last } = parseRange(text, parseRate, calledBy)
  return { lowest: first, highest: last }
}

function resolutionOf(flags: Flags): number {
  const text = option(flags, 'resolution')
  if (text === undefined) return DEFAULT_RATES.resolution
  const [, number, percent] = /^(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(text) ?? []
  const share = percent === '%' ? Number(number) / 100 : Number(number)
  if (share >= 0.005 && share <= 1) return share
  throw refuse(`--resolution is ${JSON.stringify(text)}; allowed: 0.5% to 100%, or as a share, 0.005 to 1`)
}

/** What a search chooses or needs itself can't be asked for. */
function checkSearchFlags(flags: Flags): void {
  if (flags['prod-interval-us'] !== undefined) {
    throw refuse('--prod-interval-us and --max-rate exclude each other; bound the search with --rate LOWEST..HIGHEST')
  }
  if (option(flags, 'emit-latencies') !== undefined) {
    throw refuse('--emit-latencies and --max-rate exclude each other; measure the rate that was found with spsc run')
  }
}

/** What an objective is judged by. */
function withHistogram(chosen: readonly CollectorChoice[]): readonly CollectorChoice[] {
  const histogram = resolveCollector('histogram', process.cwd())
  const others = chosen.filter(({ plugin }) => plugin.module !== histogram.module || plugin.name !== histogram.name)
  return [{ plugin: histogram }, ...others]
}

async function searchMaxRate(targets: readonly string[], flags: Flags): Promise<number> {
  checkSearchFlags(flags)
  const objective = option(flags, 'slo')
  if (objective === undefined) throw refuse('--max-rate needs --slo, what has to hold: --slo p99<100us,drop<0.001')
  const slo = parseSlo(objective, flags.slo === undefined ? envName('slo') : '--slo')
  const search = { ...boundsOf(flags), resolution: resolutionOf(flags) }
  const { SPSC_RATE: _, SPSC_PROD_INTERVAL_US: __, ...env } = process.env
  const layer = settingsLayer({ pacing: 'deadline' }, 'default of --max-rate')
  const settled = await settleOptions(targets, { ...flags, rate: undefined }, { ...DEFAULTS, layer }, env)
  // A scenario's own interval gives way to the rates of the search.
  const prodIntervalUs = { values: [1e6 / search.lowest], origin: 'first rate of --max-rate' }
  const scenarios = settled.scenarios.map(({ name, settings }) => ({ name, settings: { ...settings, prodIntervalUs } }))
  const options = { ...settled, scenarios, collectors: withHistogram(settled.collectors) }
  const plan = planMaxRate({ ...options, scenarios: scenarios.map(toMatrix), slo, search })
  if (flags['print-config']) {
    print(renderConfig(options))
    return EXIT.ok
  }
  const steps = maxSteps(plan)
  const phasesS = plan.cells.reduce((sum, { scenario }) => sum + workTime(scenario, 1).phasesS, 0)
  const each = steps * plan.replicates
  const searches = plan.cells.length === 1 ? '1 search' : `${plan.cells.length} searches, each`
  const estimate = estimateOf(
    { phasesS: phasesS * each, replicates: plan.cells.length * each },
    flags,
    (time) =>
      `${searches} of up to ${counted(steps, 'step')} x ${counted(plan.replicates, 'replicate')}: up to ${time}, and more where replicates disagree`,
  )
  return measure({ options, flags, plan, estimate, maxRows: MAX_ROWS })
}

/** `spsc sweep`: every combination of ranges, or with `--max-rate` the highest rate at which an objective holds. */
export async function sweep(targets: readonly string[], flags: Flags): Promise<number> {
  return flags['max-rate'] ? searchMaxRate(targets, flags) : sweepProduct(targets, flags)
}
