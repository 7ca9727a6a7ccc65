import { median } from 'simple-statistics'

/** Whether a row is of the peer, and of the configuration where one is named, that a mark compares with. */
function belongs({ peer, configuration }, reference) {
  return peer.name === reference.peer && (reference.configuration ?? configuration) === configuration
}

/** The figures of the best configuration of the reference: one per round, as a Map. */
function bestByRound(rows, reference, best) {
  const figures = new Map()
  for (const row of rows.filter((row) => belongs(row, reference))) {
    for (const { round, value } of row.samples) figures.set(round, best(value, figures.get(round) ?? value))
  }
  return figures
}

/** Ratios of a row to the best of the reference, one for each round that has both. */
export function ratios(row, rows, reference) {
  const figures = bestByRound(rows, reference, row.workload.figure.best)
  return row.samples.filter(({ round }) => figures.has(round)).map(({ round, value }) => value / figures.get(round))
}

/**
 * Whether the median of the rounds meets a mark, and how many rounds do.
 *
 * @param mark `{ ours, atLeast | atMost, reference: { peer, configuration? } }`; `ours` is a configuration of spsc
 * @returns `{ ratios, met, rounds }`, or `{ unmeasured: reason }`
 */
export function judge(mark, rows) {
  const ours = rows.find((row) => belongs(row, { peer: 'spsc', configuration: mark.ours }))
  if (ours === undefined) return { unmeasured: 'spsc is not in this run' }
  if (ours.missing !== undefined) return { unmeasured: ours.missing }
  const values = ratios(ours, rows, mark.reference)
  if (values.length === 0) return { unmeasured: `${nameOf(mark.reference)} is not in this run` }
  const meets = (ratio) => (mark.atLeast === undefined ? ratio <= mark.atMost : ratio >= mark.atLeast)
  return { ratios: values, met: meets(median(values)), rounds: values.filter(meets).length }
}

/** The different references of the marks, in their order. */
export function referencesOf(marks) {
  const names = new Map(marks.map(({ reference }) => [nameOf(reference), reference]))
  return [...names.values()]
}

export function nameOf({ peer, configuration }) {
  return configuration === undefined ? peer : `${peer}, ${configuration}`
}
