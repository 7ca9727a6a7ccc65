import { median } from 'simple-statistics'
import { spread, table } from '../lib/report.js'
import { judge, nameOf, ratios, referencesOf } from './compare.js'
import { label } from './sample.js'

const figures = (values) => (values.length === 0 ? '–' : spread(values, digits(median(values))))
const digits = (value) => (value < 10 ? 2 : value < 100 ? 1 : 0)

/** The peers of one workload, the best first; then who is left out; then the marks. */
export function tables(workload, rows) {
  const references = referencesOf(workload.marks).filter(({ peer }) => rows.some((row) => row.peer.name === peer))
  const { unit, best } = workload.figure
  const level = (row) => median(row.samples.map(({ value }) => value)) * (best === Math.max ? -1 : 1)
  const measured = rows.filter(({ samples }) => samples.length > 0).sort((a, b) => level(a) - level(b))
  const lines = measured.map((row) => [
    label(row),
    figures(row.samples.map(({ value }) => value)),
    ...references.map((reference) => figures(ratios(row, rows, reference))),
    figures(row.samples.map(({ roundTripNs }) => roundTripNs)),
  ])
  const heading = ['', unit, ...references.map((reference) => `× ${nameOf(reference)}`), 'word round trip, ns']
  const missing = rows.filter((row) => row.missing !== undefined)
  return [
    table([heading, ...lines]),
    ...missing.map((row) => `${label(row)}: unavailable: ${row.missing}`),
    '',
    table([['mark', 'ratio', '', ''], ...workload.marks.map((mark) => verdict(mark, rows))]),
  ].join('\n')
}

function verdict(mark, rows) {
  const limit = mark.atLeast === undefined ? `≤ ${mark.atMost}` : `≥ ${mark.atLeast}`
  const name = `${mark.ours}: ${limit} × ${nameOf(mark.reference)}`
  const { unmeasured, ratios, met, rounds } = judge(mark, rows)
  if (unmeasured !== undefined) return [name, '–', `not measured: ${unmeasured}`, '']
  return [name, figures(ratios), met ? 'met' : 'not met', `${rounds} of ${ratios.length} rounds`]
}
