import { isUnavailable } from '@spsc/core'

/** Comparisons counted: false alarms, intervals that hold the truth, effects found. */
export class Tally {
  n = 0
  /** Log ratios of p99 within blocks, of all comparisons. */
  ratios = []
  #plainly = 0
  #alarms = { judged: 0, ledger: 0 }
  #holds = new Map()
  #found = new Map()

  /** @param truths what each figure's effect really was, by name; those without a truth are not asked whether it holds */
  add({ figures, ratios = [], isFoundPlainly = false }, truths = {}) {
    this.n++
    if (isFoundPlainly) this.#plainly++
    this.ratios.push(...ratios)
    const known = figures.filter((figure) => !isUnavailable(figure))
    const differs = known.filter(({ verdict }) => verdict === 'differs')
    const isPart = ({ kpi }) => kpi.startsWith('ledger.')
    if (differs.some((figure) => !isPart(figure))) this.#alarms.judged++
    if (differs.some(isPart)) this.#alarms.ledger++
    for (const { kpi } of differs) this.#found.set(kpi, (this.#found.get(kpi) ?? 0) + 1)
    for (const { kpi, low, high } of known) {
      const truth = truths[kpi]
      if (truth === undefined || low === undefined) continue
      const [held, all] = this.#holds.get(kpi) ?? [0, 0]
      this.#holds.set(kpi, [held + (low <= truth && truth <= high ? 1 : 0), all + 1])
    }
  }

  /** Share of comparisons in which some figure of the family differs: `judged`, or the parts of the `ledger`. */
  alarms(family) {
    return this.#alarms[family] / this.n
  }

  /** Share of intervals of a figure that hold the truth. */
  coverage(kpi) {
    const [held, all] = this.#holds.get(kpi) ?? [0, 0]
    return held / all
  }

  /** Share of comparisons in which a figure differs. */
  found(kpi) {
    return (this.#found.get(kpi) ?? 0) / this.n
  }

  /** Share of comparisons in which the yardstick of the simulation saw a difference. */
  foundPlainly() {
    return this.#plainly / this.n
  }
}
