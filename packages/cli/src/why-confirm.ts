import { randomInt } from 'node:crypto'
import { parseSetting, type Scenario } from '@spsc/core'
import {
  type Confirmation,
  type Experiment,
  estimateS,
  freeName,
  judgeConfirmation,
  planConfirmation,
  type StorePlace,
  startRun,
  USUAL_BLOCKS,
  workOf,
} from '@spsc/lab'
import { fingerprint } from '@spsc/perf'
import manifest from '../package.json' with { type: 'json' }
import { createLog } from './log.js'
import { AFFINITY, ours, resolveCollector, resolveQueue } from './plugins.js'
import type { Flags } from './program.js'
import { about, showProgress } from './progress.js'
import { integer } from './run-options.js'
import { option } from './settings.js'
import { cancelOnSignal } from './signals.js'

/** What came of an experiment, or the exit code where it was interrupted. */
export type Confirmed =
  | { readonly confirmation: Confirmation; readonly place: StorePlace }
  | { readonly exitCode: number }

/** Measures an experiment in random blocks, as a run of its own, and judges it. */
export async function confirm(
  place: StorePlace,
  queue: string,
  config: Scenario,
  experiment: Experiment,
  flags: Flags,
): Promise<Confirmed> {
  const cwd = process.cwd()
  const duration = option(flags, 'duration')
  const plan = planConfirmation(config, experiment, resolveQueue(queue, cwd), {
    replicates: integer('replicates', option(flags, 'replicates', String(USUAL_BLOCKS))),
    seed: integer('seed', option(flags, 'seed', String(randomInt(2 ** 32)))),
    ...(duration !== undefined && { duration: parseSetting('duration', duration, '--duration') }),
  })
  const choices = ['histogram', 'ledger', 'sched'].map((name) => ({ plugin: resolveCollector(name, cwd) }))
  const store = { dir: place.dir, name: option(flags, 'name') ?? freeName({ ...place, name: `${place.name}-confirm` }) }
  const signals = cancelOnSignal()
  const lab = await startRun({
    ...{ plan, store, onExisting: flags.force ? 'replace' : 'refuse', collectors: () => choices },
    affinity: ours(AFFINITY).module,
    command: ['spsc', ...process.argv.slice(2)].join(' '),
    versions: { '@spsc/cli': manifest.version },
    machine: await fingerprint(),
    signal: signals.signal,
  })
  const log = createLog(flags.quiet ? 'silent' : 'info', (text) => text)
  log.info({}, `${plan.replicates} blocks of 3 replicates: about ${about(estimateS(workOf(plan.schedule)))}`)
  const clearProgress = flags.quiet ? () => {} : showProgress(lab.run, log)
  try {
    const { records, cancelled } = await lab.finished
    clearProgress()
    return cancelled
      ? { exitCode: signals.exitCode() }
      : { confirmation: judgeConfirmation(records, experiment), place: store }
  } finally {
    clearProgress()
    signals.dispose()
  }
}
