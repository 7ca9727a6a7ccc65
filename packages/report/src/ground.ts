import {
  type Ground,
  groundText,
  isUnavailable,
  type LedgerData,
  type ResultRecord,
  type Unavailable,
} from '@spsc/core'
import type { Inline } from './section.js'
import { wrap } from './terminal-lines.js'
import { oneLine } from './text.js'

/** A record without one was stored before grounds were. */
export const UNKNOWN_GROUND = 'not stored'

/** Figures of different grounds are of different machines. */
const DIFFER = 'Host and guest are different machines, with fingerprints that differ: their figures do not compare.'
const GUESTS_DIFFER =
  'These guests are different machines, with fingerprints that differ: their figures do not compare.'

// A record may come from any version of the laboratory, so its ground is looked at before it is believed.
function isGround(value: unknown): value is Ground {
  if (typeof value !== 'object' || value === null || !('in' in value)) return false
  return value.in === 'host' || (value.in === 'qemu' && 'mode' in value && 'accelerator' in value)
}

function groundOf({ ground }: ResultRecord): Ground | undefined {
  return isGround(ground) ? ground : undefined
}

function known(figure: string | Unavailable, what: string): string {
  return isUnavailable(figure) ? `${what} unavailable (${figure.unavailable})` : `${what} ${figure}`
}

/** What it was, all of it: `QEMU smp (tcg, 2 CPUs, 512 MiB), version 7.2.22, kernel 6.1.0, clock tsc`. */
function whole(ground: Ground): string {
  const clock = known(ground.clock_source, 'clock')
  if (ground.in === 'host') return `${groundText(ground)}, ${clock}`
  return `${groundText(ground)}, version ${ground.qemu}, ${known(ground.kernel, 'kernel')}, ${clock}`
}

function handoffsOf(record: ResultRecord): LedgerData['handoffs'] | undefined {
  const data = record.status === 'ok' ? record.collectors.ledger : undefined
  return (data as Partial<LedgerData> | undefined)?.handoffs
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`
}

/** How items went from the producer's CPU to the consumer's, of all records whose ledger knows. */
function handoffText(records: readonly ResultRecord[]): string {
  const handoffs = records.map(handoffsOf)
  const counts = handoffs.flatMap((found) => {
    const [same, cross] = isUnavailable(found) ? [] : [found?.same_cpu?.n, found?.cross_cpu?.n]
    return Number.isFinite(same) && Number.isFinite(cross) ? [{ same: same as number, cross: cross as number }] : []
  })
  const same = counts.reduce((sum, count) => sum + count.same, 0)
  const all = counts.reduce((sum, count) => sum + count.same + count.cross, 0)
  if (all > 0) return `wakes on the same CPU ${percent(same / all)}, across CPUs ${percent(1 - same / all)}`
  const reason = handoffs.find(isUnavailable)?.unavailable ?? '--collect ledger tells'
  return `wakes on the same CPU and across CPUs unavailable (${reason})`
}

/** Where a run was measured: a line for each ground, `lead` before it, then whether they compare. */
function groundLines(records: readonly ResultRecord[], lead: string): readonly string[] {
  const byGround = new Map<string, ResultRecord[]>()
  for (const record of records) {
    const ground = groundOf(record)
    const text = ground === undefined ? UNKNOWN_GROUND : whole(ground)
    byGround.set(text, [...(byGround.get(text) ?? []), record])
  }
  const lines = [...byGround].map(([text, own]) => `${lead}${text}; ${handoffText(own)}`)
  const kinds = new Set(records.map((record) => groundOf(record)?.in ?? 'host'))
  if (kinds.size > 1) return [...lines, DIFFER]
  return byGround.size > 1 && kinds.has('qemu') ? [...lines, GUESTS_DIFFER] : lines
}

/** Runs of older versions alone say nothing of it. */
function isKnown(records: readonly ResultRecord[]): boolean {
  return records.some((record) => groundOf(record) !== undefined)
}

/** For the report's list of how it was measured. */
export function groundItems(records: readonly ResultRecord[]): readonly Inline[] {
  return isKnown(records) ? groundLines(records, 'Measured on: ') : []
}

/** For a terminal: where at least one record was measured in a guest. At most 80 columns. */
export function groundNotes(records: readonly ResultRecord[]): string {
  if (!records.some((record) => groundOf(record)?.in === 'qemu')) return ''
  const lines = groundLines(records, 'on ').flatMap((line) => wrap(oneLine(line).split(' '), '  ', { first: '' }))
  return `${lines.join('\n')}\n`
}

/** For the CSV: `host`, `qemu smp tcg`. */
export function groundColumn(record: ResultRecord): string {
  const ground = groundOf(record)
  if (ground === undefined) return ''
  return ground.in === 'host' ? 'host' : `${ground.in} ${ground.mode} ${ground.accelerator}`
}
