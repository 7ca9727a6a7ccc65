import * as Plot from '@observablehq/plot'
import type { ResultRecord } from '@spsc/core'
import { cellsOf } from '../cells.js'
import { drawnCells } from './cell-labels.js'
import { cutMiddle } from './lettering.js'
import { COLORS } from './palette.js'
import { drawPanels, panelNames } from './panels.js'
import type { Picture } from './picture.js'
import { type Quantiles, quantilesOfCell } from './quantiles.js'
import type { Scale } from './scale.js'

export interface Point {
  readonly x: number
  readonly y: number
}

interface ReplicatePoint extends Point {
  readonly replicate: number
}

/** The points of all panels decide the scales. */
interface CurveAxis {
  readonly label: string
  readonly scale: (points: readonly Point[]) => Scale
  readonly tickText: (tick: number) => string
}

export interface Curves {
  readonly title: string
  readonly subtitle: string
  readonly alt: string
  readonly x: CurveAxis
  readonly y: CurveAxis
  /** The curve of one replicate, or of the median of several. */
  readonly curve: (replicates: readonly Quantiles[]) => readonly Point[]
  /** Figures of a cell, for those who can't see its curve. */
  readonly describe: (replicates: readonly Quantiles[]) => string
  readonly records: readonly ResultRecord[]
}

function line(data: readonly Point[], options: Plot.LineOptions): Plot.Markish {
  return Plot.line(data, { x: 'x', y: 'y', strokeLinejoin: 'round', ...options })
}

/**
 * A distribution in a panel per cell: thin lines are replicates, the thick one their median, the dashed one the median
 * of the first cell, to compare with. `undefined` where no record has a distribution.
 */
export function drawCurves({ title, subtitle, alt, ...chart }: Curves): Picture | undefined {
  const { drawn: cells, note } = drawnCells(cellsOf(chart.records))
  const quantiles = cells.map(quantilesOfCell)
  if (quantiles.every((replicates) => replicates.length === 0)) return undefined

  const names = panelNames(cells)
  const curves = quantiles.map((replicates) => (replicates.length === 0 ? [] : chart.curve(replicates)))
  const thin = quantiles.map((replicates) =>
    replicates.length < 2
      ? []
      : replicates.flatMap((one): readonly ReplicatePoint[] =>
          chart.curve([one]).map((point) => ({ ...point, replicate: one.replicate })),
        ),
  )
  const points = [...curves, ...thin].flat()
  const reference = curves.findIndex((curve) => curve.length > 0)

  const panels = quantiles.map((replicates, index) => {
    const measured = replicates.length
    const name = names[index] as string
    const marks = [
      ...(index === reference || measured === 0
        ? []
        : [line(curves[reference] ?? [], { stroke: COLORS.grey, strokeWidth: 1.5, strokeDasharray: '4,3' })]),
      line(thin[index] ?? [], {
        stroke: COLORS.vermillion,
        strokeWidth: 0.8,
        strokeOpacity: 0.55,
        title: ({ replicate }: ReplicatePoint) => `${name}, replicate ${replicate}`,
        z: 'replicate',
      }),
      line(curves[index] ?? [], {
        stroke: COLORS.blue,
        strokeWidth: 2.2,
        title: () => `${name}: ${measured > 1 ? 'median' : 'replicate'}`,
        z: null,
      }),
    ]
    return { measured, marks, said: measured === 0 ? '' : chart.describe(replicates) }
  })
  const caption = [
    thin.some((some) => some.length > 0)
      ? 'Thick line: median of the replicates (n) at each point; thin lines: each replicate.'
      : 'n = 1: one replicate, no spread; a difference can be chance.',
    cells.length > 1 ? `Dashed: ${cutMiddle(names[reference] as string, 40)}, to compare.` : '',
    note,
  ]
  const x = { ...chart.x, scale: chart.x.scale(points) }
  const y = { ...chart.y, scale: chart.y.scale(points) }
  return drawPanels({ title, subtitle, alt, x, y, cells, panels, caption })
}
