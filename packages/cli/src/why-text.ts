import { isUnavailable, type Unavailable } from '@spsc/core'
import { CAUSES, type Cause, type Confirmation, type Diagnosis, type Experiment, percent, time } from '@spsc/lab'
import { oneLine, wrap } from '@spsc/report/text'
import type { colorsFor } from './color.js'
import type { Choice, WhyRow } from './why-rows.js'

const BAR_COLUMNS = 24

type Colors = ReturnType<typeof colorsFor>

export interface WhyText {
  readonly run: string
  readonly choice: Choice
  readonly diagnosis: Diagnosis
  /** Of the first cause, or of the hypothesis that was asked for. */
  readonly experiment: Experiment | Unavailable
  /** The command that carries it out. */
  readonly command: string
}

function name({ scenario, queue }: WhyRow): string {
  return `${scenario} on ${queue}`
}

function plural(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}

function indented(text: string, indent: string, first = indent): string[] {
  return wrap(oneLine(text).split(' '), indent, { first })
}

function heading({ run, choice, diagnosis }: WhyText): string[] {
  const { windows, reference, replicates } = diagnosis
  const of = `${plural(replicates, 'replicate')}, ${plural(windows.of, 'window')} of ${windows.width_s} s`
  const against =
    choice.against === undefined
      ? 'against the median band of its own items'
      : `against ${name(choice.against)}: ${plural(reference.replicates, 'replicate')}`
  return [...indented(`${run}: ${name(choice.row)}, ${of}`, ''), ...indented(against, '')]
}

/** The verdict in a sentence. */
function verdict({ diagnosis }: WhyText, { bold }: Colors): string[] {
  const { causes, windows, worst_ns, reference_worst_ns } = diagnosis
  const worst = `the worst 1 % take ${time(worst_ns)}, ordinarily ${time(reference_worst_ns)}`
  const [first] = causes
  switch (diagnosis.verdict) {
    case 'named':
      return indented(`${bold((first as Cause).name)}: ${CAUSES[(first as Cause).name].says}`, '  ', '')
    case 'sporadic':
      return indented(
        `${bold('sporadic')}: ${plural(windows.excessive, 'window')} of ${windows.of} with an excess, too few to tell a cause from chance; measure longer (--duration)`,
        '  ',
        '',
      )
    case 'unexplained':
      return indented(`${bold('unexplained')}: ${worst}, and no rule knows what of`, '  ', '')
    case 'no-harm':
      return indented(`${bold('no measurable harm')}: ${worst}`, '  ', '')
    case 'not-measured':
      return indented(`${bold('not measured')}: ${diagnosis.reason}`, '  ', '')
  }
}

function occurrence({ when, windows }: Cause): string {
  return windows === undefined ? 'every item' : `${when}, in ${windows.voted} of ${windows.of} windows`
}

function causeLines(cause: Cause, isFirst: boolean): string[] {
  const title = isFirst ? [] : ['', ...indented(`also ${cause.name}: ${CAUSES[cause.name].says}`, '  ', '')]
  const excess = cause.excess_ns > 0 ? [`too much by ${time(cause.excess_ns)}`] : []
  const about = [occurrence(cause), ...excess, ...(cause.dose ? [cause.dose.text] : [])].join('; ')
  return [
    ...title,
    ...indented(about, '  '),
    ...cause.evidence.flatMap(({ tier, text }) => indented(text, ' '.repeat(12), `  ${`[${tier}]`.padEnd(10)}`)),
  ]
}

/** What the worst items are made of; segments that nobody would see are left out. */
function segmentTable({ diagnosis }: WhyText): string[] {
  const { segments, worst_ns } = diagnosis
  const shown = segments.filter(({ worst_ns: ns, reference_ns }) => ns + reference_ns >= 0.01 * worst_ns && ns > 0)
  if (shown.length === 0) return []
  const longest = Math.max(...shown.map(({ worst_ns: ns }) => ns))
  return [
    '',
    'worst 1 % of the items of a window: medians over windows',
    `  segment   here        reference   ${'share'.padStart(5)}`,
    ...shown.map(({ segment, worst_ns: ns, reference_ns }) => {
      const bar = '#'.repeat(Math.round((BAR_COLUMNS * ns) / longest))
      const share = percent(worst_ns === 0 ? 0 : ns / worst_ns)
      return `  ${segment.padEnd(8)}  ${time(ns).padEnd(10)}  ${time(reference_ns).padEnd(10)}  ${share.padStart(5)}  ${bar}`.trimEnd()
    }),
  ]
}

function unseenLines({ diagnosis }: WhyText): string[] {
  if (diagnosis.unseen.length === 0) return []
  return [
    '',
    'not looked at',
    ...diagnosis.unseen.flatMap(({ what, reason, command }) => [
      ...indented(`${what}: ${reason}`, '    ', '  '),
      ...(command === undefined ? [] : [`    measure it: ${command}`]),
    ]),
  ]
}

/** What would show it. */
function nextLines({ diagnosis, experiment, command }: WhyText): string[] {
  if (isUnavailable(experiment)) {
    const { causes } = diagnosis
    return causes.length === 0 ? [] : ['', ...indented(`to confirm it: ${experiment.unavailable}`, '  ', '')]
  }
  const { hypothesis, text, now_ns, predicted_ns } = experiment
  const predicted = `if it is ${hypothesis}, then with ${text} the worst 1 % fall from ${time(now_ns)} to about ${time(predicted_ns)}`
  return ['', ...indented(`prediction: ${predicted}`, '  ', ''), `  test it: ${command}`]
}

const OUTCOMES = {
  confirmed: 'more than half of the predicted change is sure',
  refuted: 'it is sure that less than half of the predicted change comes',
  inconclusive: 'the blocks say neither; measure more (--replicates) or longer (--duration)',
} as const

/** What came of an experiment, in 80 columns. */
export function confirmationText(confirmation: Confirmation, { hypothesis, text }: Experiment, path: string): string {
  const { outcome, blocks, as_is_ns, changed_ns, ratio, predicted_ratio, threshold_ratio, twin_ratio } = confirmation
  const { p, stolen, of } = confirmation
  const times = (value: number) => `x${Number(value.toPrecision(3))}`
  return [
    '',
    ...indented(`${outcome}: ${hypothesis}; ${OUTCOMES[outcome]}`, '  ', ''),
    ...indented(`${blocks} blocks; the worst 1 %: as it is ${time(as_is_ns)}, with ${text} ${time(changed_ns)}`, '  '),
    `  ratio ${times(ratio)}; predicted ${times(predicted_ratio)}, half of it ${times(threshold_ratio)}`,
    `  the same against itself, where nothing changes: ${times(twin_ratio)}`,
    `  exact permutation test that just that half comes: p = ${p.toFixed(4)}`,
    ...(stolen === 0 ? [] : [`  time was stolen by the hypervisor in ${stolen} of ${of} replicates`]),
    path,
  ].join('\n')
}

/** `spsc why` in 80 columns. */
export function whyText(text: WhyText, colors: Colors): string {
  const { causes } = text.diagnosis
  const seen = text.diagnosis.verdict === 'named' ? causes.filter(({ when }) => when !== 'sporadic') : causes
  return [
    ...heading(text),
    '',
    ...verdict(text, colors),
    ...seen.flatMap((cause, index) => causeLines(cause, index === 0 && text.diagnosis.verdict === 'named')),
    ...segmentTable(text),
    ...unseenLines(text),
    ...nextLines(text),
  ].join('\n')
}
