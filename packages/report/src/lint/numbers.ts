/** A number as reports write it: `1,883`, `21.004`, `1e3`, `21K`. */
export const NUMBER = String.raw`(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[+-]?\d+)?)`

const SCALES: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9, b: 1e9 }

/** @param scale K, M, G or nothing, in either case */
export function numberOf(text: string, scale = ''): number {
  return Number(text.replaceAll(',', '')) * (SCALES[scale.toLowerCase()] ?? 1)
}

/** Whether a figure, written with these digits, may stand for a value: within half a unit of its last digit, or 3 %. */
export function roundsTo(value: number, written: string, figure: number): boolean {
  const digits = written.replaceAll(',', '').replace(/e.*$/, '')
  const decimals = digits.split('.')[1]?.length ?? 0
  const unit = figure === 0 ? 1 : (figure / Number(digits)) * 10 ** -decimals
  return Math.abs(value - figure) <= Math.max(unit / 2, 0.03 * Math.abs(value)) * 1.0001
}

/** For a message: three significant digits, four from a thousand on. @example short(924.33) // '924' */
export function short(value: number): string {
  if (value === 0) return '0'
  return Math.abs(value) >= 1000 ? `${Math.round(value)}` : `${Number(value.toPrecision(3))}`
}

/** In what a reader thinks in. @param ms milliseconds */
export function duration(ms: number): string {
  if (ms >= 1000) return `${short(ms / 1000)} s`
  if (ms >= 1) return `${short(ms)} ms`
  return ms >= 0.001 ? `${short(ms * 1000)} µs` : `${short(ms * 1e6)} ns`
}
