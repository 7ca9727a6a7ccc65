import type { Shape } from '../looks.js'
import type { ChartData } from '../page-data.js'

/** One value of a chart. */
export interface Mark {
  readonly x: number
  readonly y: number
  /** What it says when it is pointed at. */
  readonly text: string
}

/** Marks of one cell that are drawn alike. */
export interface Series {
  readonly cell: number
  readonly marks: readonly Mark[]
  readonly line: boolean
  /** Absent: a line without marks. */
  readonly shape?: Shape
  /** One replicate rather than the median of all: thin and hollow, and no line of it is read. */
  readonly isReplicate: boolean
}

export interface Axis {
  readonly title: string
  /** `rows`: whole numbers, each a row with a name. */
  readonly type: 'linear' | 'log' | 'rows'
  /** Absent: as far as the marks go, from 0 where it is linear. */
  readonly domain?: readonly [number, number]
  /** Absent: round numbers. */
  readonly ticks?: readonly number[]
  readonly tickText: (value: number) => string
}

/** What a chart shows, in units of the data. */
export interface Drawing {
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
  /** Whether all values of one x are read together, or one mark at a time. */
  readonly read: 'column' | 'mark'
}

/** What the controls of a chart say. */
export interface Controls {
  readonly isOn: (name: string) => boolean
  readonly choice: string
}

export type Draw = (data: ChartData, controls: Controls) => Drawing
