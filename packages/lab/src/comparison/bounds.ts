import {
  type Bound,
  type BoundVerdict,
  type Comparison,
  type FigureComparison,
  isUnavailable,
  SpscError,
} from '@spsc/core'
import { findKpi, KPIS } from '@spsc/metrics'
import { guiltySegment, LEAST_EFFECT_APART } from './compare-rows.js'

const JUDGED = KPIS.filter(({ worse }) => worse !== 'neither').map(({ name }) => name)
const TERM = /^([a-z0-9_.]+)=([+-]?)(\d+(?:\.\d+)?|\.\d+)(%?)$/
const ALLOWED =
  `FIGURE=+N% for times (p99=+10%; of the response where neither latency. nor response. is said), ops_s=-N%, and ` +
  `drop_rate=+N, joined by commas; figures: ${JUDGED.join(', ')}`

function parseBound(text: string): Bound | undefined {
  const [, name = '', sign, number, percent] = TERM.exec(text.replaceAll(/\s/g, '')) ?? []
  const kpi = findKpi(name) ?? findKpi(`response.${name}`)
  if (kpi === undefined || kpi.worse === 'neither') return undefined
  if ((sign === '-') !== (kpi.worse === 'less') || (percent === '%') !== (kpi.scale === 'ratio')) return undefined
  const limit = Number(number) / (percent === '%' ? 100 : 1)
  if (kpi.worse === 'less' && limit >= 1) return undefined
  return { text: `${kpi.name}=${kpi.worse === 'less' ? '-' : '+'}${number}${percent}`, kpi: kpi.name, limit }
}

/**
 * Reads the bounds of a gate.
 *
 * @throws `ERR_OPTION`
 *
 * @example
 * parseBounds(['p99=+10%,ops_s=-5%']).map(({ text }) => text) // ['response.p99=+10%', 'ops_s=-5%']
 */
export function parseBounds(texts: readonly string[], calledBy = '--max'): readonly Bound[] {
  const parts = texts.flatMap((text) => text.split(','))
  const bounds = parts.map((part) => {
    const bound = parseBound(part)
    if (bound !== undefined) return bound
    throw new SpscError('ERR_OPTION', 'gate', `${calledBy} is ${JSON.stringify(part)}; allowed: ${ALLOWED}`)
  })
  const twice = bounds.find(({ kpi }, index) => bounds.findIndex((other) => other.kpi === kpi) !== index)
  if (twice === undefined) return bounds
  throw new SpscError('ERR_OPTION', 'gate', `${calledBy} bounds ${twice.kpi} twice; give one bound of each`)
}

/** Towards worse, whichever way that is. */
function towardsWorse(
  { low, high }: FigureComparison,
  kpi: string,
): readonly [least: number, most: number] | undefined {
  if (low === undefined || high === undefined) return undefined
  return findKpi(kpi)?.worse === 'less' ? [-high, -low] : [low, high]
}

function judge(comparison: Comparison, bound: Bound): Pick<BoundVerdict, 'verdict' | 'reason' | 'figure'> {
  const figure = comparison.figures.find(({ kpi }) => kpi === bound.kpi)
  if (figure === undefined || isUnavailable(figure)) {
    return { verdict: 'inconclusive', reason: `unavailable: ${figure?.unavailable ?? 'it was not compared'}` }
  }
  const interval = towardsWorse(figure, bound.kpi)
  if (interval === undefined) {
    return {
      verdict: 'inconclusive',
      reason: `${figure.n} blocks have no interval; it takes 6, or 3 with a twin`,
      figure,
    }
  }
  const [least, most] = interval
  if (most <= bound.limit) return { verdict: 'pass', figure }
  // The drift of a machine between two runs can make as much.
  const beyond = comparison.design === 'apart' ? Math.max(bound.limit, LEAST_EFFECT_APART) : bound.limit
  if (least > beyond && figure.verdict === 'differs') return { verdict: 'regressed', figure }
  const blocks = figure.needed === undefined ? '' : `; about ${figure.needed} blocks would tell`
  if (least <= bound.limit) return { verdict: 'inconclusive', reason: `its interval holds the limit${blocks}`, figure }
  if (comparison.design === 'apart') {
    const reason =
      'it is worse by less than two runs one after the other can differ by; measure both in turns: spsc gate A B'
    return { verdict: 'inconclusive', reason, figure }
  }
  const isTwins = figure.twin_effect !== undefined && Math.abs(figure.twin_effect) >= Math.abs(figure.effect)
  const reason = isTwins
    ? 'A and A measured again differ by as much'
    : `chance does as much to some figure in more than one of twenty comparisons${blocks}`
  return { verdict: 'inconclusive', reason, figure }
}

/**
 * Three-valued: `pass` where the whole interval of the effect lies within the bound, `regressed` where it lies beyond it
 * and the figure differs, else `inconclusive`.
 */
export function judgeBounds(comparison: Comparison, bounds: readonly Bound[]): readonly BoundVerdict[] {
  const { a, b } = comparison
  return bounds.map((bound) => {
    const verdict = judge(comparison, bound)
    const segment = verdict.verdict === 'regressed' ? guiltySegment(comparison) : undefined
    return { bound, a, b, ...verdict, ...(segment && { segment }) }
  })
}
