/** What charts are drawn from. */
export interface ChartData {
  /** In the plan's order. */
  readonly cells: readonly CellData[]
}

/** What the page's script works on, besides the tables that are there already. */
export interface PageData extends ChartData {
  /** Name of the run, for the files that are saved. */
  readonly name: string
  /** `NAME_metrics.csv`, compressed (zlib, RFC 1950), in base64. */
  readonly csv: string
  /** The records, each a line as `packLine` gives it, in the same way. */
  readonly ndjson: string
}

/** One scenario on one queue. */
export interface CellData extends CellFigures {
  readonly label: string
}

export interface CellFigures {
  /** Over the replicates that have the figure. */
  readonly medians: Figures
  /** Latency by percentile, the median over replicates: [1 / (1 − q), milliseconds], ascending. */
  readonly curve: readonly PointData[]
  /** What the replicates' {@link ReplicateData.course} are together. */
  readonly course: readonly WindowData[]
  /** Those that were measured, in the order of measurement. */
  readonly replicates: readonly ReplicateData[]
}

export type PointData = readonly [x: number, y: number]

/** A stretch of time: its middle in seconds, milliseconds where items were delivered, sampled items and those dropped. */
export type WindowData = readonly [
  at_s: number,
  p50: number | null,
  p99: number | null,
  max: number | null,
  dropped: number,
  items: number,
]

/** Absent: not measured. */
export interface Figures {
  /** Latency in milliseconds. */
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
  /** Delivered items per wall second. */
  readonly ops?: number
  /** Dropped / offered, 0 to 1. */
  readonly drop?: number
  /** Percentiles that are only known to lie below what stands there, the floor. */
  readonly below: readonly Percentile[]
}

export type Percentile = 'p50' | 'p95' | 'p99'

/** What the page that follows a run is told of a cell. */
export interface LiveCell {
  /** Position in the plan, from 1. */
  readonly place: number
  readonly scenario: string
  readonly queue: string
  readonly figures: CellFigures
}

export interface ReplicateData extends Figures {
  readonly replicate: number
  /** Position in the order of measurement, from 1. */
  readonly order: number
  /** The figures are not those of the experiment that was asked for; absent: they are. */
  readonly invalid?: true
  readonly curve: readonly PointData[]
  /** The latency over time; empty where it is not stored. */
  readonly course: readonly WindowData[]
}
