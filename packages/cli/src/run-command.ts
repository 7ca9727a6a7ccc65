import { planRun } from '@spsc/lab'
import { EXIT } from './exit-codes.js'
import { checkLatenciesPath, collectorsFor } from './latencies.js'
import { measure } from './measure.js'
import { renderConfig } from './print-config.js'
import type { Flags } from './program.js'
import { settleOptions } from './run-options.js'
import { toMatrix } from './settings.js'
import { print } from './streams.js'

/** `spsc run`: settles every setting, refuses what can't work, measures, renders what was stored. */
export async function run(targets: readonly string[], flags: Flags): Promise<number> {
  const options = await settleOptions(targets, flags, { replicates: 1 })
  const plan = planRun({ ...options, scenarios: options.scenarios.map(toMatrix) })
  if (flags['print-config']) {
    print(renderConfig(options))
    return EXIT.ok
  }
  const { latencies, onExisting } = options
  if (latencies !== undefined) checkLatenciesPath(latencies, plan, onExisting)
  const collectors = collectorsFor(options.collectors, latencies, plan, onExisting)
  return measure({ options, flags, plan, collectors })
}
