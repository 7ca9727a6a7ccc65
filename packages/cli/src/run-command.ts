import { errorMessage, type ResultRecord, type Run } from '@spsc/core'
import { manifestPath, planRun, resultsPath, startRun } from '@spsc/lab'
import { fingerprint } from '@spsc/perf'
import manifest from '../package.json' with { type: 'json' }
import { colorsFor } from './color.js'
import { EXIT, exitCodeOfRecords } from './exit-codes.js'
import { checkLatenciesPath, collectorsFor, latenciesLost } from './latencies.js'
import { openLiveView } from './live/live-view.js'
import { createLog, type Log } from './log.js'
import { canWrite, checkExportPlaces, usesStdout, writeExports } from './outputs.js'
import { AFFINITY, ours } from './plugins.js'
import { renderConfig } from './print-config.js'
import type { Flags } from './program.js'
import { showProgress } from './progress.js'
import { settleOptions } from './run-options.js'
import { toMatrix } from './settings.js'
import { cancelOnSignal } from './signals.js'
import { print, say } from './streams.js'

/** One line for a cell that failed or is not what was asked for. */
function complain(record: ResultRecord): void {
  const cell = `${record.scenario} on ${record.queue}, replicate ${record.replicate}`
  if (record.status === 'failed') say(`${cell} failed: ${record.error.message}`)
  else if (record.invalid !== undefined) say(`${cell} is invalid: ${record.invalid}`)
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

/** `spsc run`: settles every setting, refuses what can't work, measures, renders what was stored. */
export async function run(targets: readonly string[], flags: Flags): Promise<number> {
  const options = await settleOptions(targets, flags)
  if (flags['print-config']) {
    print(renderConfig(options))
    return EXIT.ok
  }
  const { place, onExisting, latencies, exports } = options
  const plan = planRun({ ...options, scenarios: options.scenarios.map(toMatrix) })
  if (latencies !== undefined) checkLatenciesPath(latencies, plan, onExisting)
  checkExportPlaces(exports, [resultsPath(place), manifestPath(place)])
  if (!canWrite(exports)) return EXIT.invalid
  const { yellow } = colorsFor(options.color, process.stderr)
  const log = createLog(flags.quiet ? 'silent' : options.logLevel, yellow)
  const live = await openLiveView(options)

  const lab = await startRun({
    plan,
    store: place,
    onExisting,
    affinity: ours(AFFINITY).module,
    collectors: collectorsFor(options.collectors, latencies, plan, onExisting),
    command: ['spsc', ...process.argv.slice(2)].join(' '),
    versions: { '@spsc/cli': manifest.version },
    machine: await fingerprint(),
  })
  const signals = cancelOnSignal(lab.run)
  const clearProgress = flags.quiet ? () => {} : showProgress(lab.run, log)
  logWarnings(lab.run, log)
  live?.follow(lab.run)
  if (flags.json) lab.run.on('result', (record) => print(JSON.stringify(record)))

  try {
    const { cancelled } = await lab.finished
    clearProgress()
    const { renderRun, toSummary } = await import('@spsc/report')
    const { records, written, skipped } = await renderRun(place)
    const exported = writeExports(exports, records, { name: place.name, skipped })
    if (!flags.json && !flags.quiet && !usesStdout(exports) && records.length > 0) {
      print(`${toSummary(records)}\n${[resultsPath(place), ...written, manifestPath(place)].join('\n')}`)
    }
    for (const record of records) complain(record)
    const isLost = latenciesLost(records) || !exported
    if (!cancelled) return Math.max(exitCodeOfRecords(records), isLost ? EXIT.invalid : EXIT.ok)
    say(
      `[spsc] [cli] interrupted: ${records.length} of ${plan.schedule.length} replicates are stored; go on with --name ${place.name} --resume`,
    )
    return signals.exitCode()
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
