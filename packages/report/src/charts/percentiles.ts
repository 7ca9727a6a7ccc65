import { fixed } from '../format.js'
import { drawCurves, type Point } from './curves.js'
import type { Chart } from './picture.js'
import { medianAt, type Quantiles } from './quantiles.js'
import { scaleOf, tickText } from './scale.js'

const POINTS_PER_DECADE = 16
const MOST_NINES = 4
const MARKED = [0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999, 0.9999999]

/** Points at 1 / (1 − q), up to the largest that the fewest items of a replicate can tell apart. */
function curve(replicates: readonly Quantiles[]): readonly Point[] {
  const n = replicates.reduce((fewest, one) => Math.min(fewest, one.n), Number.POSITIVE_INFINITY)
  const points: Point[] = []
  for (let step = 0; ; step++) {
    const x = 10 ** (step / POINTS_PER_DECADE)
    if (x >= n) break
    points.push({ x, y: medianAt(replicates, 1 - 1 / x) })
  }
  return [...points, { x: n, y: medianAt(replicates, 1) }]
}

function percentText(inverse: number): string {
  const q = MARKED.find((marked) => Math.abs(inverse * (1 - marked) - 1) < 0.01)
  return q === undefined ? '' : `${Number((q * 100).toPrecision(12))}%`
}

function label(tick: number): string {
  return tick === 1 ? '0%' : percentText(tick)
}

/**
 * Latency over 1 / (1 − q) on a log axis, the drawing of HdrHistogram (hdrhistogram.org): each further nine of the
 * percentile takes the same room, so the tail is not squeezed into the last pixels.
 */
export const percentiles: Chart = (records, name) =>
  drawCurves({
    title: `Latency by percentile — ${name}`,
    subtitle: 'push to pop, of delivered items; the axis stretches towards the slowest items',
    alt: 'Latency over its percentiles by scenario, every replicate and their median, on a scale that stretches the tail',
    x: {
      label: 'percentile q of items, at 1 / (1 − q)',
      scale: (points) => {
        const high = points.reduce((most, { x }) => Math.max(most, x), 10)
        const marks = MARKED.map((q) => Math.round(1 / (1 - q))).filter((tick) => tick <= high)
        // Half of the items are a third of a decade: no room beside others.
        const nines = marks.slice(marks.length > 3 ? 1 : 0)
        // In a third of a picture more nines than four would touch each other.
        const step = Math.ceil(nines.length / MOST_NINES)
        const ticks = nines.filter((_, index) => index % step === 0)
        return { type: 'log', domain: [1, high], ticks: [1, ...ticks] }
      },
      tickText: label,
    },
    y: { label: 'latency (ms)', scale: (points) => scaleOf(points.map(({ y }) => y)), tickText },
    curve,
    describe: (replicates) =>
      [0.5, 0.9, 0.99, 0.999]
        .filter((q) => replicates.every(({ n }) => n * (1 - q) >= 1))
        .map((q) => `p${Number((q * 100).toFixed(1))} ${fixed(medianAt(replicates, q), 3)} ms`)
        .join(', '),
    records,
  })
