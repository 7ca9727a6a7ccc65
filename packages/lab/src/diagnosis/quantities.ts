/** A time in the unit that suits it, with three digits. @example time(20_123_456) // '20.1 ms' */
export function time(ns: number): string {
  for (const [unit, size] of [
    ['s', 1e9],
    ['ms', 1e6],
    ['µs', 1e3],
  ] as const) {
    if (Math.abs(ns) >= size) return `${Number((ns / size).toPrecision(3))} ${unit}`
  }
  return `${Math.round(ns)} ns`
}

/** @example percent(0.0312) // '3.1 %' */
export function percent(share: number): string {
  const value = 100 * share
  return `${Math.abs(value) >= 10 ? Math.round(value) : Number(value.toFixed(1))} %`
}
