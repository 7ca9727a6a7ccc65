import type { ResultRecord } from '@spsc/core'
import { cdf } from './cdf.js'
import { dropRate } from './drop-rate.js'
import { heatmap } from './heatmap.js'
import { latency } from './latency.js'
import { ledger } from './ledger.js'
import { offered } from './offered.js'
import { overTime } from './over-time.js'
import { pareto } from './pareto.js'
import { percentiles } from './percentiles.js'
import type { Chart, Picture } from './picture.js'
import { throughput } from './throughput.js'

export type { Picture } from './picture.js'
export * from './png.js'

/** Every chart by the end of its file's name, in the order a report shows them. */
const CHARTS: Readonly<Record<string, Chart>> = {
  latency,
  throughput,
  drop_rate: dropRate,
  offered,
  percentiles,
  cdf,
  over_time: overTime,
  heatmap,
  pareto,
  ledger,
}

/** The ends of the names of all files that pictures may have: `latency` of `t000_latency.svg`. */
export const CHART_SUFFIXES: readonly string[] = Object.keys(CHARTS)

export interface NamedPicture extends Picture {
  /** One of {@link CHART_SUFFIXES}. */
  readonly suffix: string
}

/** {@link drawCharts} one by one, each when it is asked for. */
export function* chartsOf(records: readonly ResultRecord[], name: string): Generator<NamedPicture> {
  for (const [suffix, chart] of Object.entries(CHARTS)) {
    const picture = chart(records, name)
    if (picture !== undefined) yield { suffix, ...picture }
  }
}

/**
 * Draws every chart that the records have the data for: the same records give the same bytes.
 *
 * @param name of the run, for the titles
 *
 * @example
 * for (const { suffix, svg } of drawCharts(records, 't000')) await writeFile(`t000_${suffix}.svg`, svg)
 */
export function drawCharts(records: readonly ResultRecord[], name: string): readonly NamedPicture[] {
  return [...chartsOf(records, name)]
}
