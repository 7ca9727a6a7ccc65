import { isUnavailable, type MeasuredRecord, unavailable } from '@spsc/core'
import { CAUSE_NAMES, type CauseName, diagnose, experimentOf, resultsPath } from '@spsc/lab'
import { readRecords } from '@spsc/report'
import { colorsFor } from './color.js'
import { EXIT } from './exit-codes.js'
import { settleOutputs } from './outputs.js'
import type { Flags } from './program.js'
import { placeOf, saySkipped } from './stored-runs.js'
import { print } from './streams.js'
import { unknownName } from './suggest.js'
import { confirm } from './why-confirm.js'
import { type Choice, chooseRows, rowsOf } from './why-rows.js'
import { confirmationText, whyText } from './why-text.js'

/** What tests a hypothesis, as a shell takes it. */
function commandOf(run: string, { row, against }: Choice, flags: Flags, hypothesis = ''): string {
  const out = flags.out === undefined ? [] : [flags.out].flat().flatMap((folder) => ['--out', String(folder)])
  const compared = against === undefined ? [] : ['--against', against.scenario]
  const words = ['spsc', 'why', run, row.scenario, '--queue', row.queue, ...compared, ...out]
  return [...words, '--hypothesis', hypothesis, '--confirm'].map(quoted).join(' ')
}

/** As a shell takes it. */
function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

function text(flags: Flags, name: string): string | undefined {
  return flags[name] as string | undefined
}

function hypothesisOf(flags: Flags): CauseName | undefined {
  const asked = text(flags, 'hypothesis')
  if (asked === undefined || CAUSE_NAMES.includes(asked as CauseName)) return asked as CauseName | undefined
  throw unknownName('cli', 'cause', asked, CAUSE_NAMES)
}

const EXIT_OF = { confirmed: EXIT.ok, refuted: EXIT.failed, inconclusive: EXIT.inconclusive } as const

/** `spsc why`: what a stored run's slow items are slow by, and the experiment that would show it, or shows it. */
export async function why(run: string, scenario: string | undefined, flags: Flags): Promise<number> {
  const { dir } = settleOutputs(flags)
  const place = placeOf(run, dir)
  const stored = await readRecords(resultsPath(place))
  saySkipped(place, stored)
  const asked = { scenario, queue: text(flags, 'queue'), against: text(flags, 'against') }
  const choice = chooseRows(rowsOf(stored.records), asked)
  const { row, against } = choice
  const diagnosis = diagnose(row.records, against?.records)
  const hypothesis = hypothesisOf(flags) ?? diagnosis.causes[0]?.name
  const { config } = row.records[0] as MeasuredRecord
  const experiment =
    hypothesis === undefined
      ? unavailable('nothing was found that could be a cause')
      : experimentOf(hypothesis, diagnosis, config)
  const command = commandOf(run, choice, flags, hypothesis)
  const shown = { run: place.name, choice, diagnosis, command, experiment }
  if (!flags.json) print(whyText(shown, colorsFor(flags.color as string, process.stdout)))
  const confirmed =
    flags.confirm && !isUnavailable(experiment) ? await confirm(place, row.queue, config, experiment, flags) : undefined
  if (confirmed !== undefined && 'exitCode' in confirmed) return confirmed.exitCode
  const named = { scenario: row.scenario, queue: row.queue, ...(against && { against: against.scenario }) }
  if (flags.json) {
    const document = { run: place.name, ...named, diagnosis, experiment, command, ...confirmed }
    print(JSON.stringify(document, undefined, 2))
  } else if (confirmed !== undefined && !isUnavailable(experiment)) {
    print(confirmationText(confirmed.confirmation, experiment, resultsPath(confirmed.place)))
  }
  if (confirmed !== undefined) return EXIT_OF[confirmed.confirmation.outcome]
  return flags.confirm || diagnosis.verdict === 'not-measured' ? EXIT.inconclusive : EXIT.ok
}
