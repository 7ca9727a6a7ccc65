/**
 * A number of at least 0 with `decimals` decimals, and more where two significant digits need them: what is not zero
 * never reads as zero.
 *
 * @example
 * fixed(0.06, 3) // '0.060'
 * fixed(0.00025, 3) // '0.00025'
 */
export function fixed(value: number, decimals: number): string {
  return value.toFixed(decimalsFor(value, decimals))
}

/**
 * The same rounded up, for a bound that a value lies below.
 *
 * @example
 * atMost(0.000184, 3) // '0.00019'
 */
export function atMost(value: number, decimals: number): string {
  const digits = decimalsFor(value, decimals)
  // What division left in the last bits is no reason for another step.
  const scaled = Number((value * 10 ** digits).toPrecision(12))
  return (Math.ceil(scaled) / 10 ** digits).toFixed(digits)
}

/**
 * A proportion of 0 to 1 in the same way, told apart from 1 as well as from 0.
 *
 * @example
 * proportion(0.99996) // '0.99996', not '1.000'
 */
export function proportion(value: number): string {
  return value.toFixed(Math.max(decimalsFor(value, 3), decimalsFor(1 - value, 3)))
}

// 12: beyond it 1 − value is rounding error.
function decimalsFor(value: number, decimals: number): number {
  if (!(value > 0)) return decimals
  return Math.min(12, Math.max(decimals, 1 - Math.floor(Math.log10(value))))
}
