/** A numeric axis: where it begins and ends, and where its ticks stand. */
export interface Scale {
  readonly type: 'linear' | 'log'
  readonly domain: readonly [number, number]
  readonly ticks: readonly number[]
}

const DECADE = 10
/** Past this many decades only powers of ten fit as ticks. */
const CROWDED_DECADES = 3

function logTicks(low: number, high: number): number[] {
  const decades = Math.log10(high / low)
  const step = Math.max(1, Math.ceil(decades / 8))
  const multiples = decades > CROWDED_DECADES ? [1] : [1, 2, 5]
  const ticks: number[] = []
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.ceil(Math.log10(high)); exponent += step) {
    // Through text, since 10 ** -3 * 2 and 2e-3 differ as doubles.
    for (const multiple of multiples) ticks.push(Number(`${multiple}e${exponent}`))
  }
  return ticks.filter((tick) => tick >= low && tick <= high)
}

function linearTicks(high: number): number[] {
  const rough = high / 5
  const exponent = Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10]
    .map((multiple) => Number(`${multiple}e${exponent}`))
    .find((size) => size >= rough) as number
  return Array.from({ length: Math.floor(high / step + 1e-9) + 1 }, (_, index) =>
    Number((index * step).toPrecision(12)),
  )
}

/**
 * Logarithmic where the values span a decade or more and all are above 0, else linear from 0, so that lengths compare.
 *
 * @param values finite, from 0
 */
export function scaleOf(values: readonly number[], preferred?: 'log'): Scale {
  // Not Math.max(...values): a long run has more replicates than a call takes arguments.
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = values.reduce((most, value) => Math.max(most, value), 0)
  if (low > 0 && low < Number.POSITIVE_INFINITY && (preferred === 'log' || high / low >= DECADE)) {
    // Room beside the outermost marks, and two ticks at least.
    const [from, to] = high / low < DECADE ? [low / 2.5, high * 2.5] : [low / 1.25, high * 1.25]
    return { type: 'log', domain: [from, to], ticks: logTicks(from, to) }
  }
  const to = high > 0 ? high * 1.08 : 1
  return { type: 'linear', domain: [0, to], ticks: linearTicks(to) }
}

/** A tick in few characters. @example tickText(25_000) // '25k' */
export function tickText(value: number): string {
  for (const [size, letter] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (value >= size) return `${Number((value / size).toPrecision(6))}${letter}`
  }
  return value > 0 && value < 1e-6 ? value.toExponential() : `${Number(value.toPrecision(6))}`
}

/** Where a value stands between two pixels. */
export function position({ type, domain: [low, high] }: Scale, value: number, from: number, to: number): number {
  const share = type === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)
  return from + share * (to - from)
}
