import { isUnavailable, type LedgerSegment, type Role, type Tier } from '@spsc/core'
import { median } from '@spsc/metrics'
import type { CauseName } from './causes.js'
import type { Cause, Dose, Evidence, Occurrence } from './diagnose.js'
import * as machine from './machine.js'
import { percent, time } from './quantities.js'
import type { Reference } from './reference.js'
import { excessOf, medianVector, type Signals, total, type Vector, vectorOf } from './signals.js'
import { type Ballot, type Group, lengthNs, type Votes, vote } from './votes.js'

/** A consumer that is busy for more than this share of the time can't catch up with anything. */
const OVERLOADED = 0.9
/** Shares of the wall time, and of the offers, below which a quota or a full queue is not worth a word. */
const THROTTLED = 0.01
const DROPPED = 0.01
/** By how much an item near the median must be late, in a run queue, or its service longer, and that in proportion. */
const LATE_NS = 100_000
const QUEUED_NS = 100_000
const SLOW_NS = 20_000
const SLOW_SHARE = 0.5
/** Share of a thread's lateness that stolen time must make up. */
const STOLEN = 0.4
/** Share of an excess that run delay, CPU time or collections must make up to be what it is of. */
const EXPLAINS = 0.5
/** By how much lengths may differ that are one. */
const ONE_LENGTH = 0.15
/** Share of the items that say of two threads that they have one CPU, and what others may have of it then. */
const TOGETHER = 0.9
const ALONE = 0.2

/** What rules look at. */
interface Case {
  readonly replicates: readonly Signals[]
  readonly reference: Reference
  /** By how much an item near the median is above the ordinary. */
  readonly shift: Vector
  /** What an item near the median takes. */
  readonly middle: Vector
  readonly ballot: Ballot
}

type Finding = Pick<Cause, 'name' | 'excess_ns' | 'evidence'> & { readonly dose?: Dose | undefined }

const evidence = (tier: Tier, text: string): Evidence => ({ tier, text })
const counted = (count: number, thing: string) => `${Math.round(count)} ${thing}${Math.round(count) === 1 ? '' : 's'}`

/** Evidence of which there is a figure. */
function told(value: number | undefined, tier: Tier, text: (value: number) => string): readonly Evidence[] {
  return value === undefined ? [] : [evidence(tier, text(value))]
}

function segmentEvidence({ middle, reference }: Case, segment: LedgerSegment): Evidence {
  const usual = reference.isOwn ? '' : `, ${time(reference.middle[segment])} in the reference`
  return evidence('probe', `median ${segment} ${time(middle[segment])}${usual}`)
}

// What befalls every item.

function quota(of: Case): readonly Finding[] {
  const throttled = machine.throttling(of.replicates)
  const wallNs = machine.wallNs(of.replicates)
  if (throttled === undefined || wallNs === undefined || throttled.ns < THROTTLED * wallNs) return []
  const cpus = (['producer', 'consumer'] as const).map((role) => machine.cpuNs(of.replicates, role))
  const used = cpus.includes(undefined) ? undefined : cpus.reduce<number>((sum, ns) => sum + (ns as number), 0)
  const share = used === undefined ? undefined : used / wallNs
  return [
    {
      name: 'cpu-quota',
      excess_ns: queueNs(of),
      dose: share === undefined ? undefined : { share, text: `${percent(share)} of one CPU was had` },
      evidence: [
        evidence(
          'proc',
          `throttled ${counted(throttled.count, 'time')}, ${percent(throttled.ns / wallNs)} of the time`,
        ),
      ],
    },
  ]
}

/** In run queues, by the windows' worst items. */
function queueNs({ ballot }: Case): number {
  return Math.max(
    0,
    ...ballot.votes.filter(({ group }) => group.endsWith('Queue') || group === 'wake').map(({ excessNs }) => excessNs),
  )
}

function overload({ replicates, shift }: Case): readonly Finding[] {
  const shares = replicates.flatMap(({ occupancy }) => (isUnavailable(occupancy) ? [] : [occupancy]))
  const occupancy = shares.length === 0 ? 0 : median(shares)
  if (occupancy <= OVERLOADED) return []
  const dropped = median(replicates.map(({ dropRate }) => dropRate))
  return [
    {
      name: 'overload',
      excess_ns: total(shift),
      dose: { share: occupancy, text: `busy ${percent(occupancy)} of the time` },
      evidence: [
        evidence('probe', `the consumer had an item ${percent(occupancy)} of the time`),
        evidence('probe', `${percent(dropped)} of the items were dropped`),
      ],
    },
  ]
}

function latePacer(of: Case): readonly Finding[] {
  const ns = of.shift.p_late
  if (ns <= LATE_NS) return []
  return [
    {
      name: 'late-pacer',
      excess_ns: ns,
      dose: { ns, text: `each wait ends ${time(ns)} late` },
      evidence: [segmentEvidence(of, 'p_late')],
    },
  ]
}

function slowService(of: Case): readonly Finding[] {
  const { shift, reference } = of
  const service = (vector: Vector) => vector.s_cpu + vector.s_off
  const ns = service(shift)
  if (reference.isOwn || ns <= SLOW_NS || ns <= SLOW_SHARE * service(reference.middle)) return []
  const segment = shift.s_off > shift.s_cpu ? 's_off' : 's_cpu'
  return [
    {
      name: 'slow-service',
      excess_ns: ns,
      dose: { ns, text: `each item takes ${time(ns)} longer` },
      evidence: [segmentEvidence(of, segment)],
    },
  ]
}

/** A thread that waits for its CPU with every item. */
function queued(of: Case): readonly Finding[] {
  const { shift } = of
  const ns = { consumer: shift.c_runq + shift.s_runq, producer: shift.p_runq }
  return (['consumer', 'producer'] as const)
    .filter((role) => ns[role] > QUEUED_NS)
    .sort((a, b) => ns[b] - ns[a])
    .map((role) => contention(of, ns[role], role))
}

/** A queue that is full since its consumer is held up is no queue too small. */
function fullQueue({ replicates, reference, ballot }: Case): readonly Finding[] {
  const dropRate = median(replicates.map((signals) => signals.dropRate))
  const windows = replicates.flatMap((signals) => signals.windows)
  const dropping = windows.filter(({ dropped }) => dropped > 0).length
  if (dropRate - reference.dropRate < DROPPED || 2 * dropping < windows.length) return []
  if (ballot.votes.some(({ isRecurrent, group }) => isRecurrent && HOLD_UP.includes(group))) return []
  return [
    {
      name: 'full-queue',
      excess_ns: 0,
      dose: { share: dropRate, text: `${percent(dropRate)} of the items are dropped` },
      evidence: [evidence('probe', `drops in ${dropping} of ${windows.length} windows`)],
    },
  ]
}

/** What holds up a consumer. */
const HOLD_UP: readonly Group[] = ['consumerQueue', 'service', 'off', 'wake']

// What befalls some. Each group of segments has a rule that says by the machine's signals what it is.

/** A stretch of time that a thread was held up, how often, and how long each time. */
function stretch(of: Case, votes: Votes, totalNs: number | undefined, ownGapNs = 0): Dose | undefined {
  const length = lengthNs(votes, total(of.middle))
  if (length === undefined) return undefined
  const ns = length + ownGapNs
  const windowsNs = of.replicates.reduce((sum, { windows, windowS }) => sum + windows.length * windowS, 0) * 1e9
  const times = totalNs === undefined || totalNs < ns / 2 ? undefined : Math.max(votes.all, totalNs / ns)
  const often = times === undefined ? '' : `, about ${counted(times, 'time')} in ${time(windowsNs)}`
  return { ns, text: `${time(ns)} at a time${often}` }
}

/** What was collected explains about as much as the longest response is long. */
function garbage(of: Case, votes: Votes, role: Role): Finding | undefined {
  const collected = machine.collections(of.replicates, role)
  const length = lengthNs(votes, total(of.middle))
  if (collected === undefined || length === undefined || collected.count < votes.all) return undefined
  if (collected.maxNs < EXPLAINS * length) return undefined
  return {
    name: 'garbage',
    excess_ns: votes.excessNs,
    dose: {
      ns: collected.maxNs,
      text: `${time(collected.maxNs)} the longest of ${counted(collected.count, 'collection')}`,
    },
    evidence: [evidence('probe', `the ${role} collected garbage for ${time(collected.ns)}`)],
  }
}

/** Run delay of a thread that makes up for a segment's excess over all items, where the segment holds it. */
function waitedForCpu(of: Case, role: Role, segment: LedgerSegment): boolean {
  const delayNs = machine.runDelayNs(of.replicates, role)
  const usualNs = machine.items(of.replicates) * of.middle[segment]
  const excessNs = of.replicates.reduce((sum, { sums }) => sum + sums[segment], 0) - usualNs
  return delayNs !== undefined && excessNs > 0 && delayNs > EXPLAINS * excessNs
}

function holds({ replicates }: Case, segment: LedgerSegment, held: LedgerSegment): boolean {
  return replicates.some((signals) => signals.holds[segment]?.includes(held))
}

function contention(of: Case, excess_ns: number, role: Role): Finding {
  const delayNs = machine.runDelayNs(of.replicates, role)
  const foreign = machine.foreignShare(of.replicates, role)
  const together = machine.sameCpuShare(of.replicates)
  const signals = [
    ...told(delayNs, 'proc', (ns) => `the ${role} was ready without a CPU for ${time(ns)} in all`),
    ...told(
      machine.switches(of.replicates, role, 'involuntary'),
      'proc',
      (count) => `the ${role} lost its CPU ${counted(count, 'time')}`,
    ),
  ]
  if (together !== undefined && together > TOGETHER && foreign !== undefined && foreign < ALONE) {
    const same = evidence('probe', `${percent(together)} of the items went from one thread to the other on one CPU`)
    return { name: 'shared-cpu', excess_ns, evidence: [same, ...signals] }
  }
  const others = told(foreign, 'proc', (share) => `others used ${percent(share)} of its CPUs`)
  return { name: `${role}-contention`, excess_ns, evidence: [...signals, ...others] }
}

/** Held up while neither running nor ready: by a hypervisor if the time it stole makes up for it. */
function stopped(of: Case, votes: Votes, otherwise: CauseName, heldUpNs: number | undefined, gapNs: number): Finding {
  const stolenNs = machine.extraStealNs(of.replicates, of.reference)
  const isStolen = stolenNs !== undefined && heldUpNs !== undefined && heldUpNs > 0 && stolenNs >= STOLEN * heldUpNs
  return {
    name: isStolen ? 'steal' : otherwise,
    excess_ns: votes.excessNs,
    dose: stretch(of, votes, heldUpNs, gapNs),
    evidence: told(stolenNs, 'proc', (ns) => `stolen beyond the ordinary: ${time(ns)}`),
  }
}

function lateNs({ replicates, middle }: Case): number | undefined {
  let sum = 0
  for (const signals of replicates) {
    if (signals.lateNs === undefined) return undefined
    sum += Math.max(0, signals.lateNs - signals.items * middle.p_late)
  }
  return sum
}

const RULES: Readonly<Record<Group, (of: Case, votes: Votes) => Finding>> = {
  consumerQueue: (of, votes) => contention(of, votes.excessNs, 'consumer'),
  producerQueue: (of, votes) => contention(of, votes.excessNs, 'producer'),
  service(of, votes) {
    const collected = garbage(of, votes, 'consumer')
    if (collected !== undefined) return collected
    const extraNs = machine.extraCpuNs(of.replicates, 'consumer', of.reference)
    const heldUpNs = votes.longestNs.reduce((sum, ns) => sum + ns, 0)
    const ran = told(extraNs, 'proc', (ns) => `the consumer ran ${time(ns)} more than as many items ordinarily take`)
    const sleeps = holds(of, 's_cpu', 's_off') && extraNs !== undefined && extraNs < EXPLAINS * heldUpNs
    if (sleeps && waitedForCpu(of, 'consumer', 's_cpu')) return contention(of, votes.excessNs, 'consumer')
    return {
      name: sleeps ? 'consumer-sleep' : 'consumer-stall',
      excess_ns: votes.excessNs,
      dose: stretch(of, votes, sleeps ? undefined : extraNs),
      evidence: [segmentEvidence(of, 's_cpu'), ...ran],
    }
  },
  off: (of, votes) => stopped(of, votes, 'consumer-sleep', undefined, 0),
  producer: (of, votes) =>
    garbage(of, votes, 'producer') ?? {
      name: 'producer-stall',
      excess_ns: votes.excessNs,
      dose: stretch(of, votes, undefined),
      evidence: [segmentEvidence(of, 'p_own')],
    },
  late(of, votes) {
    if (holds(of, 'p_late', 'p_runq') && waitedForCpu(of, 'producer', 'p_late'))
      return contention(of, votes.excessNs, 'producer')
    // What stops the threads does so anywhere between two items.
    const gapNs = median(of.replicates.map((signals) => signals.gapNs)) / 2
    return garbage(of, votes, 'producer') ?? stopped(of, votes, 'freeze', lateNs(of), gapNs)
  },
  wake(of, votes) {
    if (holds(of, 'c_wake', 'c_runq') && waitedForCpu(of, 'consumer', 'c_wake'))
      return contention(of, votes.excessNs, 'consumer')
    const heldUpNs = votes.longestNs.reduce((sum, ns) => sum + ns, 0)
    return garbage(of, votes, 'consumer') ?? stopped(of, votes, 'slow-wake', heldUpNs, 0)
  },
}

/** What explains the votes of which groups. */
const EXPLAINED: Partial<Record<CauseName, readonly Group[]>> = {
  'cpu-quota': ['consumerQueue', 'producerQueue', 'wake', 'late', 'service', 'off'],
  overload: ['service', 'off'],
  // A thread that is stopped on its way out of a wait.
  freeze: ['wake', 'off'],
  steal: ['wake', 'off'],
}

function causeOf(finding: Finding, when: Occurrence, votes?: Votes): Cause {
  const { dose, ...rest } = finding
  return {
    ...rest,
    when,
    ...(votes && { windows: { voted: votes.all, of: votes.of } }),
    ...(dose && { dose }),
  }
}

/** What stops both threads finds the consumer asleep, waking up or at work: stretches of one length have one cause. */
function withoutTwins(causes: readonly Cause[]): readonly Cause[] {
  const length = causes.find(({ name }) => name === 'freeze')?.dose?.ns
  return causes.filter(({ name, dose }) => {
    if (length === undefined || (name !== 'consumer-sleep' && name !== 'slow-wake')) return true
    return dose?.ns === undefined || Math.abs(dose.ns / length - 1) > ONE_LENGTH
  })
}

/** Two groups of segments may have come to one cause. */
function merged(causes: readonly Cause[]): readonly Cause[] {
  return causes.filter(({ name }, index) => causes.findIndex((other) => other.name === name) === index)
}

/** A longer service is behind what recurs and costs the worst items so many times as much. */
const MINUTE = 100

/** Most important first: what befalls every item, what recurs, what does not. */
function ranked(causes: readonly Cause[]): readonly Cause[] {
  const of = (occurrence: Occurrence) => causes.filter(({ when }) => when === occurrence)
  const most = Math.max(0, ...of('recurrent').map(({ excess_ns }) => excess_ns))
  const isMinute = ({ name, excess_ns }: Cause) => name === 'slow-service' && MINUTE * excess_ns < most
  const minute = of('systematic').filter(isMinute)
  const systematic = of('systematic').filter((cause) => !isMinute(cause))
  return [...systematic, ...of('recurrent'), ...minute, ...of('sporadic')]
}

/** Every cause that a rule finds, most important first. */
export function causesOf(
  replicates: readonly Signals[],
  reference: Reference,
): { readonly causes: readonly Cause[]; readonly ballot: Ballot } {
  const middle = medianVector(replicates.map((signals) => signals.middle))
  const shift = excessOf(middle, reference.middle)
  const inQueue = reference.isOwn ? vectorOf(() => 0) : shift
  const ballot = vote(replicates, reference, inQueue)
  const of: Case = { replicates, reference, shift, middle, ballot }
  const constant = [quota, overload].flatMap((rule) => rule(of))
  const isThrottled = constant.some(({ name }) => name === 'cpu-quota')
  const isOverloaded = constant.some(({ name }) => name === 'overload')
  const systematic = [
    ...constant,
    ...(isOverloaded
      ? []
      : [latePacer, slowService, ...(isThrottled ? [] : [queued]), fullQueue].flatMap((rule) => rule(of))),
  ].map((finding) => causeOf(finding, 'systematic'))
  const voted: Cause[] = []
  for (const votes of ballot.votes) {
    const explained = [...systematic, ...voted].some(({ name }) => EXPLAINED[name]?.includes(votes.group))
    if (explained) continue
    voted.push(causeOf(RULES[votes.group](of, votes), votes.isRecurrent ? 'recurrent' : 'sporadic', votes))
  }
  return { causes: merged(withoutTwins(ranked([...systematic, ...voted]))), ballot }
}
