/**
 * @typedef {object} Row
 * @property {string} runtime
 * @property {string} [version]
 * @property {import('./suite/suite.js').Report} [report] absent: it did not run
 * @property {string} [skipped] why it did not run
 */

function pad(rows) {
  // The last cell of a row may run on.
  const widths = rows[0].map((_, column) => Math.max(0, ...rows.map((row) => row.slice(0, -1)[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  )
}

/**
 * The table, what failed and what was left out, and last the totals.
 *
 * @param {Row[]} rows
 */
export function render(rows) {
  const cells = rows.map(({ runtime, version = '', report, skipped }) =>
    report
      ? [runtime, version, `${report.passed.length}`, `${report.failed.length}`, `${report.skipped.length || ''}`]
      : [runtime, version, `skipped: ${skipped}`],
  )
  const lines = pad([['runtime', 'version', 'passed', 'failed', 'left out'], ...cells])
  const reports = rows.filter(({ report }) => report)
  for (const { runtime, report } of reports) {
    for (const { title, reason } of report.failed) lines.push('', `${runtime}: ${title}`, reason)
  }
  const leftOut = reports.flatMap(({ runtime, report }) => report.skipped.map((title) => `${runtime}: ${title}`))
  if (leftOut.length > 0) lines.push('', 'left out:', ...leftOut)
  const sum = (count) => reports.reduce((total, { report }) => total + count(report), 0)
  const passed = sum((report) => report.passed.length)
  const failed = sum((report) => report.failed.length)
  const absent = rows.length - reports.length
  lines.push(
    '',
    `${passed} passed, ${failed} failed, ${leftOut.length} left out; ${absent} of ${rows.length} runtimes skipped`,
  )
  return { text: lines.join('\n'), failed }
}
