/** A numeric axis: where it begins and ends, and where its ticks stand. */
export interface Scale {
  readonly type: 'linear' | 'log'
  readonly domain: readonly [number, number]
  readonly ticks: readonly number[]
}

const DECADE = 10
/** Ticks that a whole picture's width has room for. */
const MOST_TICKS = 9

export function logTicks(low: number, high: number, most: number): number[] {
  const decades = Math.log10(high / low)
  const step = Math.max(1, Math.ceil(decades / most))
  const multiples = decades * 3 > most ? [1] : [1, 2, 5]
  const ticks: number[] = []
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.ceil(Math.log10(high)); exponent += step) {
    // Through text, since 10 ** -3 * 2 and 2e-3 differ as doubles.
    for (const multiple of multiples) ticks.push(Number(`${multiple}e${exponent}`))
  }
  return ticks.filter((tick) => tick >= low && tick <= high)
}

export function linearTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / Math.min(5, most)
  const exponent = Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map((size) => Number(`${size}e${exponent}`)).find((size) => size >= rough) as number
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  // Twelve digits, since 3 · 0.1 is 0.30000000000000004.
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}

/** Where the smallest value is at least this share of the largest, an axis from 0 would show one blur. */
const NEAR = 0.7

/**
 * Logarithmic where the values span a decade or more and all are above 0, else linear from 0.
 *
 * @param values finite, from 0
 * @param options.zoom values that lie near each other may fill the axis, which then does not begin at 0: only where
 * their spread is drawn too, or chance would look like a difference
 */
export function scaleOf(
  values: readonly number[],
  { zoom = false, mostTicks = MOST_TICKS }: { readonly zoom?: boolean; readonly mostTicks?: number } = {},
): Scale {
  // Not Math.max(...values): a long run has more replicates than a call takes arguments.
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = values.reduce((most, value) => Math.max(most, value), 0)
  if (low > 0 && high / low >= DECADE) {
    // Room beside the outermost marks.
    const [from, to] = [low / 1.25, high * 1.25]
    return { type: 'log', domain: [from, to], ticks: logTicks(from, to, mostTicks) }
  }
  if (zoom && low >= NEAR * high && low < high) {
    const room = (high - low) / 6
    return { type: 'linear', domain: [low - room, high + room], ticks: linearTicks(low - room, high + room, mostTicks) }
  }
  const to = high > 0 ? high * 1.08 : 1
  return { type: 'linear', domain: [0, to], ticks: linearTicks(0, to, mostTicks) }
}

/** What an axis's title has to add. @example axisTitle('latency (ms)', scale) // 'latency (ms), log axis' */
export function axisTitle(label: string, { type, domain }: Scale): string {
  if (type === 'log') return `${label}, log axis`
  return domain[0] === 0 ? label : `${label}, axis not from 0`
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

/** The value that stands at a share of the axis, 0 at its beginning and 1 at its end. */
export function valueAt({ type, domain: [low, high] }: Scale, share: number): number {
  return type === 'log' ? low * (high / low) ** share : low + share * (high - low)
}

/** Where a value stands between two pixels. */
export function position({ type, domain: [low, high] }: Scale, value: number, from: number, to: number): number {
  const share = type === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)
  return from + share * (to - from)
}
