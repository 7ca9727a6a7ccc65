import { checkName } from '@spsc/lab'
import { maxRateText, renderRun, toTable } from '@spsc/report'
import { EXIT } from './exit-codes.js'
import type { Flags } from './program.js'
import { print } from './streams.js'

/** `spsc report`: the files of a stored run again, from what is stored. */
export async function report(name: string, flags: Flags): Promise<number> {
  checkName(name)
  const place = { dir: (flags.out as string | undefined) ?? process.env.SPSC_OUT ?? 'result_data', name }
  const { records, maxRate, written } = await renderRun(place)
  if (flags.json) print(records.map((record) => JSON.stringify(record)).join('\n'))
  else print([toTable(records), maxRateText(maxRate), written.join('\n')].filter(Boolean).join('\n'))
  return EXIT.ok
}
