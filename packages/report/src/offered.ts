import {
  type AgeOfInformation,
  type HistogramData,
  isUnavailable,
  type LittlesLaw,
  type OnTime,
  percentileOfOffered,
  type ResultRecord,
} from '@spsc/core'
import { bucketsOf, distributionOf, histogramOf, isPaced } from './distribution.js'

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function numbersOf<Data extends object>(value: unknown, keys: readonly (keyof Data)[]): Data | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const found = value as Record<keyof Data, unknown>
  return keys.every((key) => Number.isFinite(found[key]) && (found[key] as number) >= 0) ? (value as Data) : undefined
}

/**
 * Nanoseconds that 99 % of the offered items stayed within; infinite where a dropped one is the 99th. `undefined` where
 * it is not known.
 */
export function p99OfOffered(record: ResultRecord, interval: 'latency' | 'response'): number | undefined {
  const { latency, response, dropped, lost = 0, negative } = histogramOf(record) ?? {}
  if (!isCount(dropped) || !isCount(lost) || (interval === 'response' && !isPaced(record))) return undefined
  const isKnown = dropped + lost === 0 ? distributionOf(record, interval) : bucketsOf(record, interval)
  const given = { latency, response, dropped, lost, negative } as HistogramData
  if (isKnown === undefined && !isUnavailable(given[interval])) return undefined
  const ns = percentileOfOffered(given, interval, 'p99_ns')
  return isUnavailable(ns) ? undefined : ns
}

/** How old the freshest item was; `undefined` where it is not known. */
export function ageOf(record: ResultRecord): AgeOfInformation | undefined {
  return numbersOf(histogramOf(record)?.age, ['n', 'mean_ns', 'peak_p50_ns', 'peak_p99_ns', 'peak_max_ns'])
}

export function hasDeadline({ config }: ResultRecord): boolean {
  return typeof config.deadlineUs === 'number'
}

/** Share of the offered items that were done by the deadline, and how many a second; `undefined` where not known. */
export function goodputOf(record: ResultRecord): { readonly share: number; readonly ops_s: number } | undefined {
  const onTime = numbersOf<OnTime>(histogramOf(record)?.on_time, ['deadline_ns', 'n', 'of'])
  if (record.status === 'failed' || onTime === undefined || onTime.of === 0 || onTime.n > onTime.of) return undefined
  // Delivered items by their rate: the time of the phase, from the first offer to the last item done.
  const seconds = record.delivered / record.ops_s
  const share = onTime.n / onTime.of
  if (onTime.n === 0) return { share: 0, ops_s: 0 }
  return Number.isFinite(seconds) && seconds > 0 ? { share, ops_s: (share * record.offered) / seconds } : undefined
}

/** What is left of Little's law, as a share; `undefined` where it was not looked at. */
export function residualOf(record: ResultRecord): number | undefined {
  if (record.status === 'failed') return undefined
  const law: unknown = record.littles_law
  if (typeof law !== 'object' || law === null) return undefined
  const { residual } = law as Partial<LittlesLaw>
  return Number.isFinite(residual) ? residual : undefined
}
