import { cpus, loadavg } from 'node:os'
import { max, median, min } from 'simple-statistics'

/** `node v22.1.0`, `bun 1.2.0` or `deno 2.1.0`: the last two claim to be Node as well. */
export function runtime() {
  const { bun, deno } = process.versions
  if (bun) return `bun ${bun}`
  return deno ? `deno ${deno}` : `node ${process.version}`
}

export function machine() {
  const load = loadavg().map((average) => average.toFixed(2))
  return [
    `${runtime()} ${process.platform}-${process.arch} · load average ${load.join(' ')}`,
    `${cpus().length} × ${cpus()[0]?.model.trim()}`,
  ].join('\n')
}

/** `median (min–max)`. */
export function spread(values, digits = 2) {
  return `${median(values).toFixed(digits)} (${min(values).toFixed(digits)}–${max(values).toFixed(digits)})`
}

/** Left-aligned columns, as wide as their widest cell. */
export function table(rows) {
  const widths = rows[0].map((_, column) => max(rows.map((row) => row[column].length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('   ')
        .trimEnd(),
    )
    .join('\n')
}
