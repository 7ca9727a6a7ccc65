import { checkName } from '@spsc/lab'
import { renderRun, toSummary } from '@spsc/report'
import { EXIT } from './exit-codes.js'
import type { Flags } from './program.js'
import { print, say } from './streams.js'

/** `spsc report`: the files of a stored run again, from what is stored. */
export async function report(name: string, flags: Flags): Promise<number> {
  checkName(name)
  const place = { dir: (flags.out as string | undefined) ?? process.env.SPSC_OUT ?? 'result_data', name }
  const { records, maxRate, written, problems } = await renderRun(place)
  for (const problem of problems) say(problem)
  if (flags.json) print(records.map((record) => JSON.stringify(record)).join('\n'))
  else print(`${toSummary(records, { maxRate })}\n${written.join('\n')}`)
  return EXIT.ok
}
