import { fixed } from '../format.js'
import { drawCurves, type Point } from './curves.js'
import type { Chart } from './picture.js'
import { medianAt, type Quantiles } from './quantiles.js'
import { scaleOf, tickText } from './scale.js'

/** Dense at both ends, where a distribution's steps are. */
const SHARES = [0, 0.001, 0.005, ...Array.from({ length: 49 }, (_, index) => (index + 0.5) / 49), 0.995, 0.999, 1]

/** A third of a picture has room for so many. */
const MOST_TICKS = 4

function curve(replicates: readonly Quantiles[]): readonly Point[] {
  return SHARES.map((q) => ({ x: medianAt(replicates, q), y: q }))
}

/** The share of items up to each latency: the empirical cumulative distribution. */
export const cdf: Chart = (records, name) =>
  drawCurves({
    title: `Distribution of latency — ${name}`,
    subtitle: 'share of delivered items that took at most so long, push to pop',
    alt: 'Cumulative distribution of the latency by scenario, every replicate and their median',
    x: {
      label: 'latency (ms)',
      scale: (points) =>
        scaleOf(
          points.map(({ x }) => x),
          { mostTicks: MOST_TICKS },
        ),
      tickText,
    },
    y: {
      label: 'share of items',
      scale: () => ({ type: 'linear', domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1] }),
      tickText: (share) => `${share}`,
    },
    curve,
    describe: (replicates) =>
      [0.25, 0.5, 0.75].map((q) => `${q * 100} % within ${fixed(medianAt(replicates, q), 3)} ms`).join(', '),
    records,
  })
