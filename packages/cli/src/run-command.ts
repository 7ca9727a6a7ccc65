import { randomInt } from 'node:crypto'
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import { errorMessage, isUnavailable, type PluginRef, type ResultRecord, type Run, SpscError } from '@spsc/core'
import {
  type CollectorChoice,
  checkName,
  freeName,
  type LabRun,
  manifestPath,
  type OnExisting,
  type Plan,
  planRun,
  type Replicate,
  resultsPath,
  type StorePlace,
  startRun,
} from '@spsc/lab'
import colors from 'picocolors'
import manifest from '../package.json' with { type: 'json' }
import { EXIT, exitCodeOfRecords } from './exit-codes.js'
import { createLog, type Log } from './log.js'
import { LATENCIES, ours, resolveCollector, resolveQueue } from './plugins.js'
import { renderConfig } from './print-config.js'
import type { Flags } from './program.js'
import { showProgress } from './progress.js'
import { envLayer, envName, flagLayer, layered, splitList, toMatrix } from './settings.js'
import { print } from './stdout.js'
import { resolveTargets } from './targets.js'

const MAX_SEED = 2 ** 32

/** An option that is no setting of a scenario: the flag, else the environment, else what a file or we say. */
function option(flags: Flags, name: string, fallback?: string): string | undefined {
  return (flags[name] as string | undefined) ?? process.env[envName(name)] ?? fallback
}

function list(flags: Flags, name: string, fallback: readonly string[]): string[] {
  const given = (flags[name] as readonly string[] | undefined) ?? process.env[envName(name)]
  return given === undefined ? [...fallback] : splitList(given)
}

function integer(name: string, text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value)) return value
  throw new SpscError('ERR_OPTION', 'cli', `--${name} is ${JSON.stringify(text)}; allowed: a whole number`)
}

function onExisting(flags: Flags): OnExisting {
  if (flags.force && flags.resume)
    throw new SpscError('ERR_OPTION', 'cli', '--force and --resume exclude each other; give one')
  if (flags.force) return 'replace'
  return flags.resume ? 'resume' : 'refuse'
}

/** A resumed run keeps its seed, which is in its manifest. */
function seedOf(flags: Flags, place: StorePlace, existing: OnExisting): number {
  const given = option(flags, 'seed')
  if (given !== undefined) return integer('seed', given)
  if (existing === 'resume' && existsSync(manifestPath(place))) {
    const { seed } = JSON.parse(readFileSync(manifestPath(place), 'utf8')) as { seed?: number }
    if (seed !== undefined) return seed
  }
  return randomInt(MAX_SEED)
}

function isDevice(path: string): boolean {
  return existsSync(path) && !statSync(path).isFile()
}

/** Where one replicate's raw latencies go: the path itself for a run of one replicate or a device, else one file each. */
function latenciesPath(path: string, plan: Plan, { cell, replicate }: Replicate): string {
  if (plan.schedule.length === 1 || isDevice(path)) return path
  const extension = extname(path)
  const part = [cell.scenario.name, cell.queue.label].map((label) =>
    label.replaceAll(/[^A-Za-z0-9=.]+/g, '-').replace(/^[-.]+/, ''),
  )
  return `${path.slice(0, path.length - extension.length)}_${part.join('_')}_r${replicate}${extension}`
}

/** Raw latencies overwrite nothing that is not theirs to replace, and that is known before anything is measured. */
function checkLatenciesPath(path: string, plan: Plan, existing: OnExisting): void {
  for (const replicate of plan.schedule) {
    const file = latenciesPath(path, plan, replicate)
    try {
      if (existsSync(file)) accessSync(file, constants.W_OK)
      else accessSync(dirname(file), constants.W_OK)
    } catch (error) {
      throw new SpscError('ERR_OUTPUT', 'cli', `--emit-latencies ${file} can't be written: ${errorMessage(error)}`)
    }
    if (existing === 'refuse' && existsSync(file) && !isDevice(file)) {
      throw new SpscError(
        'ERR_EXISTS',
        'cli',
        `${file} exists; choose another --emit-latencies or --force to replace it`,
      )
    }
  }
}

function collectorsFor(plugins: readonly PluginRef[], latencies: string | undefined, plan: Plan, existing: OnExisting) {
  const chosen: CollectorChoice[] = plugins.map((plugin) => ({ plugin }))
  return (replicate: Replicate): readonly CollectorChoice[] => {
    if (latencies === undefined) return chosen
    const path = latenciesPath(latencies, plan, replicate)
    const flags = existing === 'refuse' && !isDevice(path) ? 'wx' : 'w'
    return [...chosen, { plugin: ours(LATENCIES), options: { path, flags } }]
  }
}

/** The first signal ends the run with what it has; the second ends the process at once. */
function cancelOnSignal({ run }: LabRun): { readonly exitCode: () => number; readonly dispose: () => void } {
  let exitCode: number = EXIT.ok
  const answer = (signal: NodeJS.Signals) => {
    if (exitCode !== EXIT.ok) process.exit(exitCode)
    exitCode = signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm
    run.cancel(signal)
  }
  process.on('SIGINT', answer)
  process.on('SIGTERM', answer)
  return {
    exitCode: () => exitCode,
    dispose: () => {
      process.off('SIGINT', answer)
      process.off('SIGTERM', answer)
    },
  }
}

/** One line for a cell that failed or is not what was asked for. */
function complain(record: ResultRecord): void {
  const cell = `${record.scenario} on ${record.queue}, replicate ${record.replicate}`
  if (record.status === 'failed') process.stderr.write(`${cell} failed: ${record.error.message}\n`)
  else if (record.invalid !== undefined) process.stderr.write(`${cell} is invalid: ${record.invalid}\n`)
}

/** Raw latencies that were asked for and could not be written: said even when quiet. */
function latenciesLost(records: readonly ResultRecord[]): boolean {
  const lost = records.flatMap((record) => {
    const data = record.status === 'ok' ? record.collectors[LATENCIES.name] : undefined
    return isUnavailable(data) ? [data.unavailable] : []
  })
  for (const reason of new Set(lost)) process.stderr.write(`${reason}\n`)
  return lost.length > 0
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
export async function run(targetNames: readonly string[], flags: Flags): Promise<number> {
  const cwd = process.cwd()
  const targets = await resolveTargets(targetNames)
  const overrides = [envLayer(process.env), flagLayer(flags as Record<string, string[] | undefined>)]
  const scenarios = targets.scenarios.map(({ name, layers }) => layered(name, [...layers, ...overrides]))
  const queueNames = list(flags, 'queue', targets.queues ?? ['sab'])
  const queues = queueNames.map((name) => resolveQueue(name, cwd))
  const plugins = list(flags, 'collect', ['histogram']).map((name) => resolveCollector(name, cwd))
  const replicates = integer('replicates', option(flags, 'replicates', String(targets.replicates ?? 1)) as string)

  const dir = option(flags, 'out', 'result_data') as string
  const given = option(flags, 'name')
  const existing = onExisting(flags)
  if (given !== undefined) checkName(given)
  const name = given ?? (existing === 'refuse' ? freeName({ dir, name: targets.name }) : targets.name)
  const place = { dir, name }
  if (flags['print-config']) {
    print(renderConfig({ name, queues: queueNames, replicates }, scenarios))
    return EXIT.ok
  }

  const plan = planRun({ scenarios: scenarios.map(toMatrix), queues, replicates, seed: seedOf(flags, place, existing) })
  const latencies = option(flags, 'emit-latencies')
  if (latencies !== undefined) checkLatenciesPath(latencies, plan, existing)
  const useColor =
    flags.color === 'always' || (flags.color === 'auto' && colors.isColorSupported && process.stderr.isTTY)
  const log = createLog(
    flags.quiet ? 'silent' : (option(flags, 'log-level') as string),
    colors.createColors(useColor).yellow,
  )

  const lab = await startRun({
    plan,
    store: place,
    onExisting: existing,
    collectors: collectorsFor(plugins, latencies, plan, existing),
    command: ['spsc', ...process.argv.slice(2)].join(' '),
    versions: { '@spsc/cli': manifest.version },
  })
  const signals = cancelOnSignal(lab)
  const clearProgress = flags.quiet ? () => {} : showProgress(lab.run, log)
  logWarnings(lab.run, log)
  if (flags.json) lab.run.on('result', (record) => print(JSON.stringify(record)))

  let stopped: unknown
  const outcome = await lab.finished.catch((error: unknown) => {
    stopped = error
  })
  clearProgress()
  signals.dispose()
  if (outcome === undefined) {
    process.stderr.write(`${errorMessage(stopped)}\n`)
    return EXIT.invalid
  }
  const { renderRun, toTable } = await import('@spsc/report')
  const { records, written } = await renderRun(place)
  if (!flags.json && !flags.quiet && records.length > 0) {
    print(`${toTable(records)}\n${[resultsPath(place), ...written, manifestPath(place)].join('\n')}`)
  }
  for (const record of records) complain(record)
  if (!outcome.cancelled) return Math.max(exitCodeOfRecords(records), latenciesLost(records) ? EXIT.invalid : EXIT.ok)
  process.stderr.write(
    `[spsc] [cli] interrupted: ${records.length} of ${plan.schedule.length} replicates are stored; go on with --name ${name} --resume\n`,
  )
  return signals.exitCode()
}
