import { errorMessage, type ResultRecord, type Run } from '@spsc/core'
import {
  type CollectorChoice,
  type MaxRatePlan,
  manifestPath,
  type Plan,
  type Replicate,
  resultsPath,
  startRun,
} from '@spsc/lab'
import { fingerprint } from '@spsc/perf'
import { EXPORTERS, maxRateText, renderRun, toSummary } from '@spsc/report'
import manifest from '../package.json' with { type: 'json' }
import { saveBaseline } from './baselines.js'
import { colorsFor } from './color.js'
import { EXIT, exitCodeOfRecords, exitCodeOfSearches } from './exit-codes.js'
import { latenciesLost } from './latencies.js'
import { openLiveView } from './live/live-view.js'
import { createLog, type Log } from './log.js'
import { canWrite, checkExportPlaces, usesStdout, writeExports } from './outputs.js'
import { AFFINITY, ours } from './plugins.js'
import type { Flags } from './program.js'
import { showProgress } from './progress.js'
import type { RunOptions } from './run-options.js'
import { cancelOnSignal } from './signals.js'
import { print, say } from './streams.js'

/** One line for a cell that failed or, where each has to keep its rate, is not what was asked for. */
function complain(record: ResultRecord, mustKeepRate: boolean): void {
  const cell = `${record.scenario} on ${record.queue}, replicate ${record.replicate}`
  if (record.status === 'failed') say(`${cell} failed: ${record.error.message}`)
  else if (mustKeepRate && record.invalid !== undefined) say(`${cell} is invalid: ${record.invalid}`)
}

/** Each warning once, where it first came up; the report counts them. */
function logWarnings(run: Run, log: Log): void {
  const said = new Set<string>()
  run.on('warning', ({ scenario, queue, replicate, message }) => {
    if (said.has(message)) return
    said.add(message)
    log.warn({ scenario, queue, replicate }, `${scenario} on ${queue}, replicate ${replicate}: ${message}`)
  })
}

/** Where messages go, as the flags say. */
function logFor(options: RunOptions, flags: Flags): Log {
  const { yellow } = colorsFor(options.color, process.stderr)
  return createLog(flags.quiet ? 'silent' : options.logLevel, yellow)
}

export interface Measuring {
  readonly options: RunOptions
  readonly flags: Flags
  readonly plan: Plan | MaxRatePlan
  readonly collectors: (replicate: Replicate) => readonly CollectorChoice[]
  /** Said before the first replicate: how much there is to do. */
  readonly estimate?: { readonly text: string; readonly estimated_s: number }
  /** Rows of the table that is printed; absent: all. */
  readonly maxRows?: number
  /** What follows from a run that went through its plan, in place of its table. */
  readonly conclude?: (records: readonly ResultRecord[]) => Conclusion
}

/** What a command prints of its records, and its exit code where every cell was measured. */
export interface Conclusion {
  readonly text: string
  /** What `--json` prints. */
  readonly json: unknown
  readonly code: number
}

/** A search can't tell how many there will be. */
function storedText(stored: number, plan: Plan | MaxRatePlan): string {
  if ('schedule' in plan) return `${stored} of ${plan.schedule.length} replicates are`
  return stored === 1 ? '1 replicate is' : `${stored} replicates are`
}

/** Measures a plan, renders what was stored, prints it, and gives the exit code. */
export async function measure({
  options,
  flags,
  plan,
  collectors,
  estimate,
  maxRows,
  conclude,
}: Measuring): Promise<number> {
  const { place, onExisting, exports } = options
  checkExportPlaces(exports, [resultsPath(place), manifestPath(place)])
  if (!canWrite(exports)) return EXIT.invalid
  const live = await openLiveView(options)
  const lab = await startRun({
    plan,
    store: place,
    onExisting,
    affinity: ours(AFFINITY).module,
    collectors,
    command: ['spsc', ...process.argv.slice(2)].join(' '),
    versions: { '@spsc/cli': manifest.version },
    machine: await fingerprint(),
  })
  const signals = cancelOnSignal(lab.run)
  const log = logFor(options, flags)
  if (estimate !== undefined) log.info({ estimated_s: estimate.estimated_s }, estimate.text)
  const clearProgress = flags.quiet ? () => {} : showProgress(lab.run, log)
  logWarnings(lab.run, log)
  live?.follow(lab.run)
  if (flags.json && conclude === undefined) lab.run.on('result', (record) => print(EXPORTERS.ndjson([record])))

  try {
    const { cancelled, maxRate } = await lab.finished
    clearProgress()
    const { records, written, problems, skipped } = await renderRun(place)
    const exported = writeExports(exports, records, { name: place.name, skipped })
    for (const problem of problems) say(problem)
    const conclusion = cancelled || records.some(({ status }) => status === 'failed') ? undefined : conclude?.(records)
    if (conclusion !== undefined) {
      if (flags.json) print(JSON.stringify(conclusion.json))
      else if (!flags.quiet) print(conclusion.text)
    } else if (!flags.json && !flags.quiet && !usesStdout(exports) && records.length > 0) {
      const summary = toSummary(records, { ...(maxRows !== undefined && { maxRows }), ...(maxRate && { maxRate }) })
      print(`${summary}\n${[resultsPath(place), ...written, manifestPath(place)].join('\n')}`)
    } else if (maxRate !== undefined && !flags.quiet) {
      for (const line of maxRateText(maxRate).trimEnd().split('\n')) say(line)
    }
    if (options.baseline !== undefined && !cancelled) {
      say(`[spsc] [cli] kept as baseline ${options.baseline}: ${saveBaseline(place, options.baseline)}`)
    }
    for (const record of records) complain(record, maxRate === undefined)
    if (cancelled) {
      say(
        `[spsc] [cli] interrupted: ${storedText(records.length, plan)} stored; go on with --name ${place.name} --resume`,
      )
      return signals.exitCode()
    }
    const isLost = latenciesLost(records) || !exported
    const measured = maxRate === undefined ? exitCodeOfRecords(records) : exitCodeOfSearches(maxRate, records)
    const code = measured === EXIT.ok ? (conclusion?.code ?? EXIT.ok) : measured
    return isLost ? Math.max(code, EXIT.invalid) : code
  } catch (error) {
    // What was measured is stored; the rest of the run, or its rendering, is not.
    clearProgress()
    say(errorMessage(error))
    return EXIT.invalid
  } finally {
    await live?.close()
    signals.dispose()
  }
}
