import { table } from '../lib/report.js'

const NOTHING = 'nothing'

function percent(part, whole) {
  return whole === 0 ? `none of 0` : `${((100 * part) / whole).toFixed(1)} % (${part} of ${whole})`
}

/** Rows: what was put in. Columns: the first cause that was named. */
function confusion(scores) {
  const single = scores.filter(({ faults }) => faults.length < 2)
  const rowOf = ({ faults, effect }) => (faults.length === 0 ? 'clean' : `${faults[0]}${effect ? '' : ' (no effect)'}`)
  const rows = [...new Set(single.map(rowOf))].sort()
  return rows.map((row) => {
    const own = single.filter((score) => rowOf(score) === row)
    const names = own.map(({ top }) => top[0] ?? NOTHING)
    const counts = [...new Set(names)].sort().map((name) => [name, names.filter((other) => other === name).length])
    return [row, String(own.length), counts.map(([name, count]) => `${name} ${count}`).join(', ')]
  })
}

/** Doses within a fifth of what was injected, by fault. */
function doses(scores) {
  const dosed = scores.filter(({ dose, effect }) => dose !== undefined && effect)
  const faults = [...new Set(dosed.map(({ faults: [fault] }) => fault))].sort()
  return faults.map((fault) => {
    const ratios = dosed.filter(({ faults: [own] }) => own === fault).map(({ dose }) => dose)
    const near = ratios.filter((ratio) => Math.abs(ratio - 1) <= 0.2).length
    return [fault, `${near} of ${ratios.length}`, ratios.map((ratio) => ratio.toFixed(2)).join(' ')]
  })
}

/** Everything that is printed. */
export function scorecard(scores, { seed, left }) {
  const single = scores.filter(({ faults, effect }) => faults.length === 1 && effect)
  const two = scores.filter(({ faults, effect }) => faults.length === 2 && effect)
  const clean = scores.filter(({ faults }) => faults.length === 0)
  const dosed = single.filter(({ dose }) => dose !== undefined)
  const right = (ones) => ones.filter((score) => score.right).length
  const marks = [
    ['mark', 'wanted', 'found'],
    ['first cause right, of faults with an effect', '>= 95 %', percent(right(single), single.length)],
    [
      'clean runs without a cause',
      '>= 95 %',
      percent(clean.filter(({ top }) => top.length === 0).length, clean.length),
    ],
    ['both of two faults in the first two', '>= 80 %', percent(right(two), two.length)],
    ['dose within 20 %', 'all', percent(dosed.filter(({ dose }) => Math.abs(dose - 1) <= 0.2).length, dosed.length)],
  ]
  const pairs = two.map(({ inject, top, right: isRight }) => [
    inject,
    top.join(', ') || NOTHING,
    isRight ? 'right' : 'wrong',
  ])
  return [
    `seed ${seed} · ${scores.length} cases${left > 0 ? `; ${left} left out: others disturbed every attempt, or it failed` : ''}`,
    table(marks),
    table([['put in', 'cases', 'first cause named'], ...confusion(scores)]),
    table([['dose of', 'within 20 %', 'found / injected'], ...doses(scores)]),
    ...(pairs.length === 0 ? [] : [table([['two at once', 'first two named', ''], ...pairs])]),
  ].join('\n\n')
}
