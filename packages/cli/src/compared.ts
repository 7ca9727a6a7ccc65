import { existsSync } from 'node:fs'
import { type Comparison, cellKey, type ResultRecord, SpscError } from '@spsc/core'
import {
  type CompareOptions,
  compareRows,
  DEFAULT_MARGIN,
  isTwin,
  planComparison,
  planRun,
  type RowRecords,
  resultsPath,
  SCENARIOS,
  type StorePlace,
  twinOf,
} from '@spsc/lab'
import { KPIS } from '@spsc/metrics'
import { readRecords } from '@spsc/report'
import { baselinePlace } from './baselines.js'
import { latenciesFor } from './latencies.js'
import { machineOf, otherMachine } from './machines.js'
import { type Conclusion, measure } from './measure.js'
import { settleOutputs } from './outputs.js'
import type { Flags } from './program.js'
import { settleOptions } from './run-options.js'
import { isScenarioFile } from './scenario-file.js'
import { option, splitList, toMatrix } from './settings.js'
import { placeOf, RESULTS_END, saySkipped } from './stored-runs.js'
import { print } from './streams.js'
import { SUITE_NAMES } from './targets.js'

/** What is made of comparisons: by `spsc compare` what they say, by `spsc gate` what follows. */
export type Conclude = (comparisons: readonly Comparison[]) => Conclusion

const REPLICATES = 10
const COLLECTORS = ['histogram', 'ledger', 'sched']

function refuse(message: string): SpscError {
  return new SpscError('ERR_OPTION', 'cli', message)
}

/** `10%` or `0.1`. @throws `ERR_OPTION` */
function marginOf(flags: Flags): number {
  const text = option(flags, 'margin')
  if (text === undefined) return DEFAULT_MARGIN
  const [, number, percent] = /^(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(text.trim()) ?? []
  const margin = Number(number) / (percent === '%' ? 100 : 1)
  if (margin >= 0.05 && margin <= 1) return margin
  throw refuse(`--margin is ${JSON.stringify(text)}; allowed: a share from 5% to 100%, as in 10% or 0.1`)
}

/** What is asked of a comparison. */
type Asked = Pick<CompareOptions, 'figures'> & { readonly margin: number }

/** @throws `ERR_OPTION` */
function figuresOf(flags: Flags): readonly string[] | undefined {
  const names = flags.figures === undefined ? undefined : splitList(flags.figures as readonly string[])
  const known = KPIS.filter(({ worse }) => worse !== 'neither').map(({ name }) => name)
  const wrong = names?.find((name) => !known.includes(name))
  if (wrong === undefined) return names
  throw refuse(`--figures has ${JSON.stringify(wrong)}; allowed: ${known.join(', ')}`)
}

/** Rows, by scenario and queue. */
function rowsOf(records: readonly ResultRecord[]): ReadonlyMap<string, RowRecords> {
  const rows = new Map<string, ResultRecord[]>()
  for (const record of records) {
    const key = cellKey(record)
    const row = rows.get(key)
    if (row === undefined) rows.set(key, [record])
    else row.push(record)
  }
  return rows
}

async function readRun(place: StorePlace): Promise<ReadonlyMap<string, RowRecords>> {
  const stored = await readRecords(resultsPath(place))
  saySkipped(place, stored)
  return rowsOf(stored.records)
}

/** A row is there for its records: it has one at least. */
function firstOf(row: RowRecords): ResultRecord {
  return row[0] as ResultRecord
}

function namesOf(rows: ReadonlyMap<string, RowRecords>): string {
  return [...rows.values()].map((row) => `${firstOf(row).scenario}@${firstOf(row).queue}`).join(', ')
}

/** `SCENARIO` or `SCENARIO@QUEUE`. */
function rowsCalled(rows: ReadonlyMap<string, RowRecords>, name: string): readonly RowRecords[] {
  return [...rows.values()].filter((row) => {
    const { scenario, queue } = firstOf(row)
    return name === scenario || name === `${scenario}@${queue}`
  })
}

/** Two rows of one stored run, which was measured in blocks. */
async function comparedWithin(run: StorePlace, names: readonly string[], asked: Asked): Promise<readonly Comparison[]> {
  const rows = await readRun(run)
  const found = names.flatMap((name) => {
    const called = rowsCalled(rows, name)
    if (called.length > 0) return called
    throw refuse(`row ${JSON.stringify(name)} is not in run ${run.name}; allowed: ${namesOf(rows)}`)
  })
  const [a, b, more] = found
  if (a === undefined || b === undefined || more !== undefined) {
    throw refuse(`${found.length} rows of run ${run.name} are named; allowed: two, as SCENARIO or SCENARIO@QUEUE`)
  }
  const { scenario, queue } = firstOf(a)
  const twin = rows.get(cellKey({ scenario: twinOf(scenario), queue }))
  return [compareRows(a, b, { design: 'interleaved', ...asked, ...(twin && { twin }) })]
}

function checkMachines(places: readonly [StorePlace, StorePlace], flags: Flags): void {
  if (flags['across-machines']) return
  const [a, b] = places
  const other = otherMachine([a.name, machineOf(a)], [b.name, machineOf(b)])
  if (other === undefined) return
  throw refuse(`${[other.what, ...other.fields].join('; ')}; measure both here, or give --across-machines`)
}

/** A twin is there for its own blocks only. */
function withoutTwins(rows: ReadonlyMap<string, RowRecords>): ReadonlyMap<string, RowRecords> {
  return new Map([...rows].filter(([, row]) => !isTwin(firstOf(row).scenario)))
}

/** Rows that two runs have in common, or the only one of each. */
function comparedRuns(
  runs: readonly [ReadonlyMap<string, RowRecords>, ReadonlyMap<string, RowRecords>],
  options: CompareOptions,
): readonly Comparison[] {
  const [a, b] = [withoutTwins(runs[0]), withoutTwins(runs[1])]
  const common = [...a.keys()].filter((key) => b.has(key))
  if (common.length > 0) {
    return common.map((key) => compareRows(a.get(key) as RowRecords, b.get(key) as RowRecords, options))
  }
  const [[onlyA, ...moreA], [onlyB, ...moreB]] = [[...a.values()], [...b.values()]]
  if (onlyA !== undefined && onlyB !== undefined && moreA.length + moreB.length === 0) {
    return [compareRows(onlyA, onlyB, options)]
  }
  throw refuse(
    `the runs have no row in common: ${namesOf(a)}; ${namesOf(b)}; allowed: runs of the same scenarios and queues`,
  )
}

async function comparedApart(
  places: readonly [StorePlace, StorePlace],
  asked: Asked,
  flags: Flags,
): Promise<readonly Comparison[]> {
  const runs = [await readRun(places[0]), await readRun(places[1])] as const
  checkMachines(places, flags)
  return comparedRuns(runs, { design: 'apart', ...asked })
}

/** A scenario is measured; whatever else there is, is a stored run. */
function isStored(name: string, dir: string): boolean {
  if (name.endsWith(RESULTS_END)) return true
  if (isScenarioFile(name) || Object.hasOwn(SCENARIOS, name) || SUITE_NAMES.includes(name)) return false
  return !/[\\/]/.test(name) && existsSync(resultsPath({ dir, name }))
}

function concluded({ text, json, code }: Conclusion, flags: Flags): number {
  if (flags.json) print(JSON.stringify(json))
  else if (!flags.quiet) print(text)
  return code
}

/** Measures two rows in randomised blocks, with the twin of the first. */
async function measureBoth(
  targets: readonly string[],
  asked: Asked,
  flags: Flags,
  conclude: Conclude,
): Promise<number> {
  const options = await settleOptions(targets, flags, {
    name: 'compare',
    replicates: REPLICATES,
    collectors: COLLECTORS,
  })
  const plan = planComparison({ ...options, scenarios: options.scenarios.map(toMatrix) })
  const [a, b, twin] = plan.cells.map(({ scenario, queue }) => cellKey({ scenario: scenario.name, queue: queue.label }))
  return measure({
    options,
    flags,
    plan,
    ...latenciesFor(options.latencies, plan, options.onExisting),
    conclude(records) {
      // A run that went through its plan has records of all its cells.
      const rows = rowsOf(records)
      const row = (key: string | undefined) => rows.get(key as string) as RowRecords
      return conclude([compareRows(row(a), row(b), { design: 'interleaved', ...asked, twin: row(twin) })])
    },
  })
}

/** Measures targets now and compares them with a baseline. */
async function measureAgainst(
  baseline: StorePlace,
  targets: readonly string[],
  asked: Asked,
  flags: Flags,
  conclude: Conclude,
): Promise<number> {
  const stored = await readRun(baseline)
  const options = await settleOptions(targets, flags, { replicates: REPLICATES, collectors: COLLECTORS })
  const plan = planRun({ ...options, scenarios: options.scenarios.map(toMatrix) })
  return measure({
    options,
    flags,
    plan,
    ...latenciesFor(options.latencies, plan, options.onExisting),
    conclude(records) {
      checkMachines([baseline, options.place], flags)
      return conclude(comparedRuns([stored, rowsOf(records)], { design: 'apart', ...asked }))
    },
  })
}

/**
 * Compares what a command line names, and says what follows:
 *
 * ```
 * A B                     two scenarios, or one on two queues: measured now, in blocks
 * --run RUN A B           two rows of a stored run
 * RUN RUN                 two stored runs, row by row
 * --baseline NAME RUN     a stored run with a baseline; the same with scenarios, which are measured now
 * ```
 *
 * @param figures those asked about; absent: what `--figures` names, or all
 * @throws `ERR_OPTION`, `ERR_UNKNOWN`, `ERR_OUTPUT`
 */
export async function compareAsAsked(
  targets: readonly string[],
  flags: Flags,
  conclude: Conclude,
  figures = figuresOf(flags),
): Promise<number> {
  const asked = { margin: marginOf(flags), ...(figures && { figures }) }
  const { dir } = settleOutputs(flags)
  const [run, baseline] = [option(flags, 'run'), option(flags, 'baseline')]
  if (run !== undefined && baseline !== undefined) throw refuse('--run and --baseline exclude each other; give one')
  if (run !== undefined) return concluded(conclude(await comparedWithin(placeOf(run, dir), targets, asked)), flags)
  const stored = targets.filter((name) => isStored(name, dir))
  const places = stored.map((name) => placeOf(name, dir))
  if (baseline !== undefined) {
    const from = baselinePlace(dir, baseline)
    const [only, another] = places
    if (stored.length === 0) return measureAgainst(from, targets, asked, flags, conclude)
    if (only === undefined || another !== undefined || targets.length > 1) {
      throw refuse(`${targets.join(' ')}: allowed beside --baseline: one stored run, or scenarios to measure`)
    }
    return concluded(conclude(await comparedApart([from, only], asked, flags)), flags)
  }
  if (stored.length === 0) return measureBoth(targets, asked, flags, conclude)
  const [a, b, more] = places
  if (a === undefined || b === undefined || more !== undefined || targets.length !== 2) {
    throw refuse(`${targets.join(' ')}: allowed: two stored runs, or scenarios to measure, not both`)
  }
  return concluded(conclude(await comparedApart([a, b], asked, flags)), flags)
}
