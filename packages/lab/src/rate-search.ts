import type { MaxRateResult, MaxRateStep } from '@spsc/core'

/** How far and how finely to search, in items per second. */
export interface RateSearch {
  readonly lowest: number
  readonly highest: number
  /** Relative width of a bracket that is narrow enough: 0.05 is 5 %. */
  readonly resolution: number
}

/** A rate that was tried, and what came of it. */
export type TriedRate = Pick<MaxRateStep, 'rate' | 'verdict'>

const GROWTH = 2
/**
 * One rate that does not hold may be a disturbance, or the cost of falling asleep between items, which a higher rate
 * does not pay; a second one above it ends the growth.
 */
const MISSES = 2

/** Four digits: 0.1 % at worst, well below the finest resolution, and a label that can be read. */
function round(rate: number): number {
  return Number(rate.toPrecision(4))
}

/** The lowest rate, its doubles, the highest rate. */
function growthOf({ lowest, highest }: RateSearch): number[] {
  const rates: number[] = []
  for (let rate = lowest; rate < highest; rate *= GROWTH) rates.push(round(rate))
  return [...rates.filter((rate) => rate < highest), highest]
}

/** What of the growth is left to try. */
function growthLeft(tried: readonly TriedRate[], search: RateSearch): number[] {
  const verdicts = new Map(tried.map(({ rate, verdict }) => [rate, verdict]))
  const rates = growthOf(search)
  let misses = 0
  for (const [index, rate] of rates.entries()) {
    const verdict = verdicts.get(rate)
    if (verdict === undefined) return rates.slice(index)
    misses = verdict === 'held' ? 0 : misses + 1
    if (misses === MISSES) return []
  }
  return []
}

/** The highest rate that held, and the lowest above it that did not. */
function edges(tried: readonly TriedRate[]) {
  const held = tried.filter(({ verdict }) => verdict === 'held').map(({ rate }) => rate)
  const highestHeld = held.length === 0 ? undefined : Math.max(...held)
  const above = tried.filter(({ rate, verdict }) => verdict !== 'held' && rate > (highestHeld ?? 0))
  const rates = above.map(({ rate }) => rate)
  return { held: highestHeld, missed: rates.length === 0 ? undefined : Math.min(...rates) }
}

/**
 * The next rate to try: twice the last one until two in a row do not hold, then the geometric mean of the highest that
 * held and the lowest above it that did not, until they are as near as asked for. `undefined`: the search is over. It
 * ends on any verdicts: the growth has a last rate, and each later one cuts the bracket in half (of its logarithm).
 *
 * @param tried every rate tried so far with its verdict, in any order
 *
 * @example
 * nextRate([], { lowest: 1000, highest: 64_000, resolution: 0.05 }) // 1000
 */
export function nextRate(tried: readonly TriedRate[], search: RateSearch): number | undefined {
  const [growing] = growthLeft(tried, search)
  if (growing !== undefined) return growing
  const { held, missed } = edges(tried)
  if (held === undefined || missed === undefined || halvings(Math.log(missed / held), search.resolution) === 0) {
    return undefined
  }
  return round(Math.sqrt(held * missed))
}

/** What rounding to four digits may add to the logarithm of a rate. */
const ROUNDING = Math.log1p(0.0005)

/** Halvings of a bracket of this width (of its logarithm) until it is as narrow as asked for, each off by the rounding. */
function halvings(width: number, resolution: number): number {
  const enough = Math.log1p(resolution)
  if (width <= enough) return 0
  return Math.max(1, Math.ceil(Math.log2((width - 2 * ROUNDING) / (enough - 2 * ROUNDING))))
}

/** How many rates are left to try at most. */
export function stepsLeft(tried: readonly TriedRate[], search: RateSearch): number {
  const growing = growthLeft(tried, search).length
  if (growing > 0) return growing + halvings(Math.log(GROWTH) + 2 * ROUNDING, search.resolution)
  const { held, missed } = edges(tried)
  return held === undefined || missed === undefined ? 0 : halvings(Math.log(missed / held), search.resolution)
}

function perS(rate: number): string {
  return `${rate}/s`
}

/** What the rates tried so far amount to: a bracket, and whether it is an answer. */
export function conclude(
  tried: readonly TriedRate[],
  search: RateSearch,
): Pick<MaxRateResult, 'outcome' | 'reason' | 'held' | 'failed'> {
  const { held } = edges(tried)
  const failures = tried.filter(({ rate, verdict }) => verdict === 'failed' && rate > (held ?? 0))
  const failed = failures.length === 0 ? undefined : Math.min(...failures.map(({ rate }) => rate))
  const bracket = { ...(held !== undefined && { held }), ...(failed !== undefined && { failed }) }
  const inconclusive = (reason: string) => ({ outcome: 'inconclusive' as const, reason, ...bracket })
  const unmeasured = tried.find(({ verdict }) => verdict === 'unmeasured')
  if (unmeasured !== undefined) {
    if (tried.every(({ verdict }) => verdict === 'unmeasured')) return { outcome: 'unmeasured', ...bracket }
    return inconclusive(`${perS(unmeasured.rate)} could not be measured`)
  }
  if (nextRate(tried, search) !== undefined) return { outcome: 'unfinished', ...bracket }
  const rates = tried.map(({ rate }) => perS(rate))
  if (held === undefined) return inconclusive(`${rates.join(' and ')} did not hold; search from another rate`)
  const below = tried.find(({ rate, verdict }) => rate < held && verdict !== 'held')
  if (below !== undefined) return inconclusive(`${perS(below.rate)} did not hold, though ${perS(held)} did`)
  const disputed = tried.find(({ rate, verdict }) => rate > held && verdict === 'inconclusive')
  if (disputed === undefined) return { outcome: 'found', ...bracket }
  return inconclusive(`the replicates disagree at ${perS(disputed.rate)}`)
}
