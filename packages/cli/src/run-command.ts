import { planRun } from '@spsc/lab'
import { EXIT } from './exit-codes.js'
import { latenciesFor } from './latencies.js'
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
  return measure({ options, flags, plan, ...latenciesFor(latencies, plan, onExisting) })
}
