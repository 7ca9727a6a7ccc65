import { isUnavailable, type LatencyWindow, type ResultRecord, type WindowFigures } from '@spsc/core'
import type { Cell } from './cells.js'
import { distributionOf, histogramOf } from './distribution.js'
import { floorOf } from './floor.js'
import { ascending, medianOf, type Reading, readingOf } from './reading.js'
import type { WindowFigure } from './window-figures.js'

/** The latency in one stretch of a replicate. */
export interface Window {
  /** Its middle, in seconds from when the first sampled item was due. */
  readonly at_s: number
  /** Milliseconds; absent where no sampled item was delivered. */
  readonly latency?: Readonly<Record<WindowFigure, Reading>>
  /** Sampled items that were dropped, of so many that were delivered or dropped. */
  readonly dropped: number
  readonly items: number
}

/** What a replicate's latency was from one moment to the next. */
export interface Course {
  readonly replicate: number
  /** Width of a window, in seconds. */
  readonly width_s: number
  /** In order of time. */
  readonly windows: readonly Window[]
  /** One window of so many is given, the one with the largest maximum: 1 where all are. */
  readonly oneOf: number
}

/** Windows that a curve is drawn of at most: a picture has no room for more. */
const MOST_WINDOWS = 100

function areFigures(value: unknown): value is WindowFigures {
  const figures = value as Partial<WindowFigures> | null
  return [figures?.n, figures?.p50_ns, figures?.p99_ns, figures?.max_ns].every(Number.isFinite)
}

// A record may come from any version of any collector, so its data is looked at before it is believed.
function isWindow(value: unknown): value is LatencyWindow {
  const window = value as Partial<LatencyWindow> | null
  if (!Number.isFinite(window?.start_s) || !Number.isFinite(window?.dropped)) return false
  return areFigures(window?.latency) || isUnavailable(window?.latency)
}

function windowOf({ start_s, latency, dropped }: LatencyWindow, width_s: number, floor: number | undefined): Window {
  const at_s = start_s + width_s / 2
  if (isUnavailable(latency)) return { at_s, dropped, items: dropped }
  const figure = (ns: number) => readingOf(ns / 1e6, floor === undefined ? undefined : floor / 1e6)
  const { n, p50_ns, p99_ns, max_ns } = latency
  const figures = { p50: figure(p50_ns), p99: figure(p99_ns), max: figure(max_ns) }
  return { at_s, latency: figures, dropped, items: n + dropped }
}

/** The slowest of each few windows, with what was dropped in all of them. */
function fewer(windows: readonly Window[], width_s: number, oneOf: number): readonly Window[] {
  const groups = new Map<number, Window[]>()
  for (const window of windows) {
    const group = Math.floor(window.at_s / width_s / oneOf)
    groups.set(group, [...(groups.get(group) ?? []), window])
  }
  const most = ({ latency }: Window) => latency?.max.value ?? 0
  return [...groups].map(([group, some]) => ({
    ...some.reduce((slowest, window) => (most(window) > most(slowest) ? window : slowest)),
    at_s: (group + 0.5) * oneOf * width_s,
    dropped: some.reduce((sum, { dropped }) => sum + dropped, 0),
    items: some.reduce((sum, { items }) => sum + items, 0),
  }))
}

/** How a replicate's latency went; `undefined` where no windows are stored. */
function courseOf(record: ResultRecord): Course | undefined {
  if (record.status === 'failed') return undefined
  const { window_s, windows } = histogramOf(record) ?? {}
  if (!(typeof window_s === 'number' && window_s > 0) || !Array.isArray(windows) || windows.length === 0)
    return undefined
  if (!windows.every(isWindow)) return undefined
  const all = windows.map((window) => windowOf(window, window_s, floorOf(record)))
  const stretch = (windows.at(-1) as LatencyWindow).start_s / window_s + 1
  const oneOf = Math.ceil(stretch / MOST_WINDOWS)
  return {
    replicate: record.replicate,
    width_s: window_s * oneOf,
    windows: oneOf === 1 ? all : fewer(all, window_s, oneOf),
    oneOf,
  }
}

/** Those of a cell's replicates that have figures by the second. */
export function coursesOf({ records }: Cell): readonly Course[] {
  return records.flatMap((record) => courseOf(record) ?? [])
}

/** Several replicates as one: at each time the medians of those that have figures there, and what all dropped. */
export function togetherOf(courses: readonly Course[]): readonly Window[] {
  const times = new Map<number, Window[]>()
  for (const window of courses.flatMap(({ windows }) => windows)) {
    times.set(window.at_s, [...(times.get(window.at_s) ?? []), window])
  }
  return [...times]
    .sort(([a], [b]) => a - b)
    .map(([at_s, windows]) => {
      const found = windows.flatMap(({ latency }) => latency ?? [])
      const middle = (figure: WindowFigure) => medianOf(ascending(found.map((latency) => latency[figure])))
      return {
        at_s,
        ...(found.length > 0 && { latency: { p50: middle('p50'), p99: middle('p99'), max: middle('max') } }),
        dropped: windows.reduce((sum, { dropped }) => sum + dropped, 0),
        items: windows.reduce((sum, { items }) => sum + items, 0),
      }
    })
}

/** Why the latency over time can't be told of replicates whose latency is known: a line, or none. */
export function courseGaps(records: readonly ResultRecord[]): readonly string[] {
  const measured = records.filter((record) => distributionOf(record, 'latency') !== undefined)
  const without = measured.filter(
    (record) => record.status === 'ok' && !Array.isArray(histogramOf(record)?.windows),
  ).length
  if (without === 0) return []
  return [
    `latency over time, ${without} of ${measured.length} replicates: no figures by the second are stored; records of earlier versions have none`,
  ]
}
