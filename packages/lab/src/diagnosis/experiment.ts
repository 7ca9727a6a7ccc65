import {
  DEFAULTS,
  type InjectionName,
  injectionsOf,
  NO_INJECTION,
  type Scenario,
  type ScenarioInput,
  type Unavailable,
  unavailable,
} from '@spsc/core'
import { CAUSES, type CauseName } from './causes.js'
import type { Diagnosis } from './diagnose.js'
import { MIN_EXCESS_NS } from './votes.js'

/** A change that would take a cause away, and what must be seen then if it is the cause. */
export interface Experiment {
  readonly hypothesis: CauseName
  /** Over the settings of the scenario. */
  readonly change: ScenarioInput
  /** In words, after "with": `nothing pinned`. */
  readonly text: string
  /** Response of the worst items: as it is, and where all of its excess goes. Their ratio is what is predicted of p99. */
  readonly now_ns: number
  readonly predicted_ns: number
}

type Change = Pick<Experiment, 'change' | 'text'>

/** The scenario's faults without some; `undefined` where it has none of them. */
function without(config: Scenario, names: readonly InjectionName[]): Change | undefined {
  const all = injectionsOf(config)
  const rest = all.filter(({ name }) => !names.includes(name))
  if (rest.length === all.length) return undefined
  const gone = all.filter(({ name }) => names.includes(name)).map(({ text }) => text)
  return {
    change: { inject: rest.length === 0 ? NO_INJECTION : rest.map(({ text }) => text).join('+') },
    text: `no ${gone.join(' and no ')}`,
  }
}

function pinned({ pinProducer, pinConsumer }: Scenario): boolean {
  return pinProducer !== 'none' || pinConsumer !== 'none'
}

/** What can be done about each cause by settings alone, most telling first; the first that changes anything is taken. */
const REMEDIES: Readonly<Record<CauseName, readonly ((config: Scenario) => Change | undefined)[]>> = {
  'cpu-quota': [(config) => without(config, ['cpu-quota'])],
  overload: [
    (config) => without(config, ['slow-service']),
    ({ workBytes }) => (workBytes > 0 ? { change: { workBytes: 0 }, text: 'no work per item' } : undefined),
    ({ prodIntervalUs }) =>
      prodIntervalUs > 0 ? { change: { prodIntervalUs: 2 * prodIntervalUs }, text: 'half the rate' } : undefined,
  ],
  'late-pacer': [
    (config) => without(config, ['late-pacer', 'timer-slack']),
    ({ pacing }) =>
      pacing === 'spin' ? undefined : { change: { pacing: 'spin' }, text: 'a producer that watches the clock' },
    ({ timerSlack }) => (timerSlack === 1 ? undefined : { change: { timerSlack: 1 }, text: 'timer slack 1 ns' }),
  ],
  'slow-service': [
    (config) => without(config, ['slow-service']),
    ({ workBytes }) => (workBytes > 0 ? { change: { workBytes: 0 }, text: 'no work per item' } : undefined),
  ],
  'full-queue': [({ queueCap }) => ({ change: { queueCap: 16 * queueCap }, text: `room for ${16 * queueCap} items` })],
  'consumer-stall': [
    (config) => without(config, ['consumer-stall', 'gc-storm']),
    ({ workBytes }) => (workBytes > 0 ? { change: { workBytes: 0 }, text: 'no work per item' } : undefined),
  ],
  'consumer-sleep': [(config) => without(config, ['consumer-stall', 'slow-service', 'freeze'])],
  garbage: [(config) => without(config, ['gc-storm'])],
  'producer-stall': [(config) => without(config, ['producer-stall'])],
  freeze: [(config) => without(config, ['freeze', 'late-pacer'])],
  steal: [],
  'shared-cpu': [
    (config) => without(config, ['co-pin']),
    (config) =>
      pinned(config) ? { change: { pinProducer: 'none', pinConsumer: 'none' }, text: 'nothing pinned' } : undefined,
  ],
  'consumer-contention': [
    ({ pinConsumer }) =>
      pinConsumer === 'none'
        ? undefined
        : { change: { pinConsumer: 'none' }, text: 'the consumer free to leave its CPU' },
    (config) => without(config, ['hog']),
  ],
  'producer-contention': [
    ({ pinProducer }) =>
      pinProducer === 'none'
        ? undefined
        : { change: { pinProducer: 'none' }, text: 'the producer free to leave its CPU' },
    (config) => without(config, ['hog']),
  ],
  'slow-wake': [
    ({ wait }) => (wait === 'spin' ? undefined : { change: { wait: 'spin' }, text: 'a consumer that never sleeps' }),
  ],
}

/** What a fault that is a matter of settings had set goes with it, to the default. */
function applied(config: Scenario, change: ScenarioInput): ScenarioInput {
  const { name: _, ...settings } = config
  if (change.inject === undefined) return { ...settings, ...change }
  const set = injectionsOf(config).flatMap((injection) => Object.keys(injection.settings ?? {}))
  const usual = Object.fromEntries(set.map((key) => [key, DEFAULTS[key as keyof typeof DEFAULTS]]))
  // What is still injected sets its own anew.
  return { ...settings, ...usual, ...change }
}

/**
 * The experiment that would show whether a cause is one, by settings of the scenario. Configuration has no say in what a
 * diagnosis names; here it is what can be changed.
 *
 * @returns a reason where no setting takes it away, or where there is nothing to take away
 */
export function experimentOf(hypothesis: CauseName, diagnosis: Diagnosis, config: Scenario): Experiment | Unavailable {
  const { worst_ns, reference_worst_ns, reference } = diagnosis
  // The worst items of a sound run are worse than those near its median.
  const predicted_ns = reference_worst_ns + (reference.own ? MIN_EXCESS_NS : 0)
  if (worst_ns <= predicted_ns) return unavailable('the worst items are no worse than ordinary ones')
  const remedy = REMEDIES[hypothesis].map((of) => of(config)).find((change) => change !== undefined)
  if (remedy === undefined) {
    return unavailable(`no setting takes it away: ${CAUSES[hypothesis].cure}, measure again, and compare the two runs`)
  }
  return { hypothesis, ...remedy, now_ns: worst_ns, predicted_ns }
}

/** The settings of both sides of an experiment. */
export function sidesOf(
  config: Scenario,
  { change }: Experiment,
): { readonly asIs: ScenarioInput; readonly changed: ScenarioInput } {
  return { asIs: applied(config, {}), changed: applied(config, change) }
}
