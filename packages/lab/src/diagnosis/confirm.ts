import { isUnavailable, type MeasuredRecord, type ResultRecord, SpscError } from '@spsc/core'
import { differencesOf, hodgesLehmann, MIN_BLOCKS, median, permutationTest } from '@spsc/metrics'
import { type Plan, type PlanOptions, planRun, type QueueChoice } from '../plan.js'
import { type Experiment, sidesOf } from './experiment.js'
import { signalsOf, total } from './signals.js'

/** Names of the cells of an experiment. */
export const SIDES = { asIs: 'as-is', again: 'as-is-again', changed: 'changed' } as const

/** As many as are counted out exactly. */
export const MAX_BLOCKS = 16
export const USUAL_BLOCKS = 8
const ALPHA = 0.05

/** `confirmed`: the excess goes with the cause. `refuted`: it stays, or most of it. `inconclusive`: neither is sure. */
export type ConfirmOutcome = 'confirmed' | 'refuted' | 'inconclusive'

export interface Confirmation {
  readonly outcome: ConfirmOutcome
  /** Blocks of which all three cells were measured. */
  readonly blocks: number
  /** The worst 1 % of the items, median over windows and blocks, in nanoseconds. */
  readonly as_is_ns: number
  readonly changed_ns: number
  /** Changed over as it is: Hodges-Lehmann of the blocks' log ratios; what was predicted; half way there, in logs. */
  readonly ratio: number
  readonly predicted_ratio: number
  readonly threshold_ratio: number
  /** The same of the scenario over itself: what is seen where nothing changes. */
  readonly twin_ratio: number
  /** Two-sided exact permutation test within blocks that just half of the predicted change comes. */
  readonly p: number
  /** Replicates in which the hypervisor took more than 1 % of the CPUs, by the `sched` collector. */
  readonly stolen: number
  readonly of: number
}

/**
 * Blocks of three replicates in random order: the scenario as it is, once more as it is, and without the cause.
 *
 * @throws `ERR_OPTION` for a number of blocks that is out of range
 */
export function planConfirmation(
  config: MeasuredRecord['config'],
  experiment: Experiment,
  queue: QueueChoice,
  { replicates, seed, duration }: Pick<PlanOptions, 'replicates' | 'seed'> & { readonly duration?: number },
): Plan {
  if (!(replicates >= MIN_BLOCKS && replicates <= MAX_BLOCKS)) {
    const allowed = `an integer from ${MIN_BLOCKS} to ${MAX_BLOCKS}`
    throw new SpscError('ERR_OPTION', 'lab', `replicates is ${replicates}; allowed in an experiment: ${allowed}`)
  }
  const { asIs, changed } = sidesOf(config, experiment)
  const length = duration === undefined ? {} : { duration }
  const scenarios = [
    { name: SIDES.asIs, settings: { ...asIs, ...length } },
    { name: SIDES.again, settings: { ...asIs, ...length } },
    { name: SIDES.changed, settings: { ...changed, ...length } },
  ]
  return planRun({ scenarios, queues: [queue], replicates, seed })
}

/** Median over windows of what the worst 1 % take. */
function worstNs(record: ResultRecord | undefined): number | undefined {
  if (record?.status !== 'ok') return undefined
  const signals = signalsOf(record)
  return isUnavailable(signals) ? undefined : median(signals.windows.map(({ worst }) => total(worst)))
}

function wasStolen(record: ResultRecord): boolean {
  const sched = record.status === 'ok' ? record.collectors.sched : undefined
  const phases = (sched as { phases?: { contamination?: { reasons?: readonly string[] } }[] } | undefined)?.phases ?? []
  return phases.some(({ contamination }) => contamination?.reasons?.some((reason) => reason.startsWith('steal')))
}

function outcomeOf(p: number, log: number, threshold: number, twinLog: number): ConfirmOutcome {
  if (p > ALPHA) return 'inconclusive'
  if (log > threshold) return 'refuted'
  return -log > Math.abs(twinLog) ? 'confirmed' : 'inconclusive'
}

/**
 * Judges an experiment by its blocks. The cause counts as confirmed where more than half of the predicted change, in
 * logs, is sure, and as refuted where it is sure that less comes.
 *
 * @throws `ERR_OUTPUT` where fewer than {@link MIN_BLOCKS} blocks are whole
 */
export function judgeConfirmation(
  records: readonly ResultRecord[],
  { now_ns, predicted_ns }: Experiment,
): Confirmation {
  const of = (name: string, block: number) =>
    worstNs(records.find(({ scenario, replicate }) => scenario === name && replicate === block))
  const blocks = [...new Set(records.map(({ replicate }) => replicate))].flatMap((block) => {
    const [asIs, again, changed] = [of(SIDES.asIs, block), of(SIDES.again, block), of(SIDES.changed, block)]
    return asIs === undefined || again === undefined || changed === undefined ? [] : [{ asIs, again, changed }]
  })
  if (blocks.length < MIN_BLOCKS) {
    throw new SpscError('ERR_OUTPUT', 'lab', `${blocks.length} blocks are whole; needed: ${MIN_BLOCKS}; measure again`)
  }
  const predicted = Math.log(predicted_ns / now_ns)
  const asMeasured = blocks.map(({ asIs, again, changed }) => ({
    a: [Math.log(asIs), Math.log(again)],
    b: Math.log(changed),
  }))
  const { p } = permutationTest(asMeasured.map(({ a, b }) => ({ a, b: b - predicted / 2 })))
  const log = hodgesLehmann(differencesOf(asMeasured))
  const twinLog = hodgesLehmann(blocks.map(({ asIs, again }) => Math.log(again / asIs)))
  return {
    outcome: outcomeOf(p, log, predicted / 2, twinLog),
    blocks: blocks.length,
    as_is_ns: median(blocks.flatMap(({ asIs, again }) => [asIs, again])),
    changed_ns: median(blocks.map(({ changed }) => changed)),
    ratio: Math.exp(log),
    predicted_ratio: Math.exp(predicted),
    threshold_ratio: Math.exp(predicted / 2),
    twin_ratio: Math.exp(twinLog),
    p,
    stolen: records.filter(wasStolen).length,
    of: records.length,
  }
}
