import { isUnavailable, type PhaseCounts } from './pipeline.js'
import type { MeasuredRecord, RateCause } from './record.js'
import type { Scenario } from './scenario.js'

/** Offered against scheduled items: below this a schedule was not kept. */
const RATE_TOLERANCE = 0.97

type Verdict = Pick<MeasuredRecord, 'warnings' | 'invalid' | 'rate_cause'>

interface Suspect {
  readonly cause: RateCause
  /** Time of the phase that it took. */
  readonly ns: number
  /** What was seen, and what to do next. */
  readonly says: (share: string) => string
}

const NOT_MADE_UP = 'a relative sleep makes up for no delay, --pacing deadline does'
const UNTOLD = 'the producer or a full queue held them up; lower --rate, raise --queue-cap or --on-full drop'
const FREE_A_CPU = 'free a CPU or pin the ends apart: spsc doctor'

function pacerCure({ pacing, timerSlack }: Scenario): string {
  if (pacing === 'spin') return 'the machine stood still (a hypervisor, interrupts): spsc doctor, or measure again'
  const slack = timerSlack === 1 ? [] : ['--timer-slack 1 shortens each delay']
  const spin = '--pacing spin does not sleep'
  return [...slack, ...(pacing === 'deadline' || timerSlack === 1 ? [spin] : [])].join(', ')
}

/** Delay of a thread in nanoseconds; 0 where it is not known, which accuses nobody. */
function known(ns: PhaseCounts['producerRunDelayNs']): number {
  return ns === undefined || isUnavailable(ns) ? 0 : ns
}

/**
 * Everything that can take time from a schedule, with the time it took. A wake-up that came late because the producer had
 * no CPU is in both its sums, and counts as want of a CPU; so does a full queue whose consumer had none.
 */
function suspectsOf(scenario: Scenario, counts: PhaseCounts, lostNs: number): readonly Suspect[] {
  const { blockedNs, lateNs, producerRunDelayNs, consumerRunDelayNs } = counts
  if (blockedNs === undefined || lateNs === undefined) return []
  const cpuNs = known(producerRunDelayNs)
  const consumerNs = known(consumerRunDelayNs)
  const pacerNs = Math.max(0, lateNs - cpuNs)
  const unsure = isUnavailable(producerRunDelayNs) ? ' (or had no CPU: the kernel does not tell)' : ''
  const starved = consumerNs > blockedNs / 2
  return [
    {
      cause: starved ? 'cpu' : 'back-pressure',
      ns: blockedNs,
      says: (share) =>
        starved
          ? `CPU: pushes waited for a consumer that had none${share}; ${FREE_A_CPU}`
          : `back-pressure: pushes waited for room${share}; lower --rate, raise --queue-cap or --on-full drop`,
    },
    { cause: 'cpu', ns: cpuNs, says: (share) => `CPU: the producer had none${share}; ${FREE_A_CPU}` },
    {
      cause: 'pacer',
      ns: pacerNs,
      says: (share) => `pacer: the producer woke late${unsure}${share}; ${pacerCure(scenario)}`,
    },
    {
      cause: 'producer',
      ns: Math.max(0, lostNs - blockedNs - cpuNs - pacerNs),
      says: () =>
        `producer: it takes longer than ${scenario.prodIntervalUs} µs to offer an item; lower --rate or take a faster queue`,
    },
  ]
}

/** Which of them took most. `undefined`: the pipeline kept no account. */
function worstOf(suspects: readonly Suspect[]): Suspect | undefined {
  return [...suspects].sort((a, b) => b.ns - a.ns)[0]
}

/**
 * Whether the rate that was asked for came about, and if not, why. A relative sleep drifts by its nature, which is a
 * warning; the other pacings promise a schedule, and one that was missed is no result.
 */
export function judgeRate(scenario: Scenario, counts: PhaseCounts): Verdict {
  const { pacing, prodIntervalUs, duration } = scenario
  if (prodIntervalUs === 0) return { warnings: [] }
  const planned = pacing === 'sleep' ? (duration * 1e6) / prodIntervalUs : counts.scheduled
  const { offered } = counts
  if (offered >= RATE_TOLERANCE * planned) return { warnings: [] }
  const durationNs = duration * 1e9
  const worst = worstOf(suspectsOf(scenario, counts, (1 - offered / planned) * durationNs))
  const cause = worst === undefined ? {} : { rate_cause: worst.cause }
  if (pacing === 'sleep') {
    // Without figures, which stand in the record: warnings that are alike are told once.
    const why = worst === undefined ? '' : `${worst.says('')}; `
    return { warnings: [`fewer items were offered than planned: ${why}${NOT_MADE_UP}`], ...cause }
  }
  const percent = (share: number) => `${Math.min(100, Math.round(100 * share))} %`
  const why = worst?.says(`, ${percent(worst.ns / durationNs)} of the phase`) ?? UNTOLD
  const invalid = `${percent(offered / planned)} of the scheduled items were offered: ${why}`
  return { warnings: [invalid], invalid, ...cause }
}
