import { type Determinism, errorMessage, type ResultRecord, type Run } from '@spsc/core'
import { type MaxRatePlan, manifestPath, type Plan, resultsPath, startRun } from '@spsc/lab'
import { fingerprint } from '@spsc/perf'
import type { GuestLabRun, LatenciesFile } from '@spsc/qemu'
import { EXPORTERS, maxRateText, renderRun, toSummary } from '@spsc/report'
import manifest from '../package.json' with { type: 'json' }
import { saveBaseline } from './baselines.js'
import { colorsFor } from './color.js'
import { EXIT, exitCodeOfRecords, exitCodeOfSearches } from './exit-codes.js'
import { type LatenciesOf, latenciesLost, withLatencies } from './latencies.js'
import { openLiveView } from './live/live-view.js'
import { createLog, type Log } from './log.js'
import { canWrite, checkExportPlaces, usesStdout, writeExports } from './outputs.js'
import { AFFINITY, LATENCIES, ours } from './plugins.js'
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
  /** Absent: no raw latencies are written. */
  readonly latenciesOf?: LatenciesOf
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

/** Starts a run where it is to be measured. */
async function start({ options, plan, latenciesOf }: Measuring, signal: AbortSignal, log: Log): Promise<GuestLabRun> {
  const { place, onExisting, collectors, guest } = options
  const shared = {
    plan,
    store: place,
    onExisting,
    affinity: ours(AFFINITY).module,
    command: ['spsc', ...process.argv.slice(2)].join(' '),
    versions: { '@spsc/cli': manifest.version },
    machine: await fingerprint(),
    signal,
  }
  if (guest === undefined) return startRun({ ...shared, collectors: withLatencies(collectors, latenciesOf) })
  const { startInGuest } = await import('@spsc/qemu')
  const files = 'schedule' in plan && latenciesOf ? plan.schedule.map(latenciesOf) : undefined
  return startInGuest({
    ...shared,
    guest,
    collectors,
    latencies: ours(LATENCIES),
    ...(files && { latenciesFile: (order) => files[order - 1] as LatenciesFile }),
    onNote: (text) => log.info(text),
  })
}

/** What two boots of a deterministic guest came to, said; whether they were the same. */
function sayDeterminism({ identical, sha256, differing }: Determinism): void {
  const [first, second] = sha256
  if (identical) say(`identical: both boots gave latencies with SHA-256 ${first}`)
  else {
    say(
      `[spsc] [qemu] differs: two boots gave latencies with SHA-256 ${first} and ${second} (replicates ${differing.join(', ')} in the order of measurement); the run is not deterministic`,
    )
  }
}

/** Measures a plan, renders what was stored, prints it, and gives the exit code. */
export async function measure(measuring: Measuring): Promise<number> {
  const { options, flags, plan, estimate, maxRows, conclude } = measuring
  const { place, exports } = options
  checkExportPlaces(exports, [resultsPath(place), manifestPath(place)])
  if (!canWrite(exports)) return EXIT.invalid
  const live = await openLiveView(options)
  const signals = cancelOnSignal()
  const log = logFor(options, flags)
  let lab: GuestLabRun
  try {
    lab = await start(measuring, signals.signal, log)
  } catch (error) {
    signals.dispose()
    await live?.close()
    if (!signals.signal.aborted) throw error
    say('[spsc] [cli] interrupted before anything was measured')
    return signals.exitCode()
  }
  if (estimate !== undefined) log.info({ estimated_s: estimate.estimated_s }, estimate.text)
  const clearProgress = flags.quiet ? () => {} : showProgress(lab.run, log)
  logWarnings(lab.run, log)
  live?.follow(lab.run)
  if (flags.json && conclude === undefined) lab.run.on('result', (record) => print(EXPORTERS.ndjson([record])))

  try {
    const { cancelled, maxRate, determinism } = await lab.finished
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
      // A deterministic run is one boot, which can't be gone on with.
      const isWhole = options.guest?.mode === 'deterministic'
      const next = `${isWhole ? 'start anew' : 'go on'} with --name ${place.name} ${isWhole ? '--force' : '--resume'}`
      say(`[spsc] [cli] interrupted: ${storedText(records.length, plan)} stored; ${next}`)
      return signals.exitCode()
    }
    if (determinism !== undefined) sayDeterminism(determinism)
    const isLost = latenciesLost(records) || !exported || determinism?.identical === false
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
