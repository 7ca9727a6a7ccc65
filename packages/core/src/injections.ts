import type { Fault, FaultPlace } from './faults.js'

/** What a fault does to the machine or to the replicate's process, from outside, for as long as a phase is measured. */
export type Disturbance =
  /** So many processes that never sleep, on one CPU. */
  | { readonly kind: 'hog'; readonly cpu: number | 'first' | 'last'; readonly count: number }
  /** The process is stopped (SIGSTOP) and goes on (SIGCONT). */
  | { readonly kind: 'freeze'; readonly ns: number; readonly everyNs: number }
  /** The process gets this share of one CPU, as its control group counts in periods. */
  | { readonly kind: 'cpu-quota'; readonly share: number; readonly periodUs: number }

/** Settings of a scenario that a fault goes over. */
export interface InjectedSettings {
  readonly queueCap?: number
  readonly timerSlack?: number
  readonly pinProducer?: number | 'first' | 'last'
  readonly pinConsumer?: number | 'first' | 'last'
}

/** One fault of a scenario's `inject`, as what it does. */
export interface Injection {
  readonly name: InjectionName
  /** As it was written: `consumer-stall=20ms/1s`. */
  readonly text: string
  /** It befalls an end's loop. */
  readonly fault?: Fault
  readonly settings?: InjectedSettings
  /** Bytes of garbage that the consumer's JavaScript makes for each item. */
  readonly garbageBytes?: number
  readonly disturbance?: Disturbance
}

type Effect = Omit<Injection, 'name' | 'text'>

interface Injector {
  /** How it is written, and what it does: for help, schemas and errors. */
  readonly form: string
  readonly description: string
  /** Whether it may be given several times. */
  readonly repeats: boolean
  /** `undefined`: not a dose that there is. */
  readonly read: (dose: string) => Effect | undefined
}

const NS_OF = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 } as const
const MAX_NS = 1e10
const MAX_CPU = 4095
const MAX_HOGS = 64
/** What V8's heap limit of an end leaves room for. */
const MAX_GARBAGE = 2 ** 20
/** The kernel's own bounds of a quota: 1 ms at least, in periods of 1 ms to 1 s. */
const MIN_QUOTA_US = 1000
const QUOTA_PERIOD_US = [1000, 1_000_000] as const
const USUAL_PERIOD_US = 100_000

/** Nanoseconds of `20ms`, `500us`, `1s`; NaN where it is no such time, or none of 1 ns to 10 s. */
function timeNs(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?|\.\d+)(ns|us|µs|ms|s)$/.exec(text) ?? []
  const ns = Math.round(Number(number) * NS_OF[unit as keyof typeof NS_OF])
  return ns >= 1 && ns <= MAX_NS ? ns : Number.NaN
}

/** `1`, `cpu1`, `first` or `last`. */
function cpuOf(text: string): number | 'first' | 'last' | undefined {
  if (text === 'first' || text === 'last') return text
  const [, number] = /^(?:cpu)?(\d{1,4})$/.exec(text) ?? []
  return number === undefined || Number(number) > MAX_CPU ? undefined : Number(number)
}

/** A delay of now and then, TIME/PERIOD, or of each item, TIME; behind a colon whether it sleeps or spins. */
function delay(at: FaultPlace, usual: Fault['how'], isNowAndThen: boolean | undefined): Injector['read'] {
  return (dose) => {
    const [, time, period, how = usual] = /^([^/:]+)(?:\/([^/:]+))?(?::(sleep|spin))?$/.exec(dose) ?? []
    if (time === undefined) return undefined
    if (isNowAndThen !== undefined && isNowAndThen !== (period !== undefined)) return undefined
    const ns = timeNs(time)
    // An item that comes by after each nanosecond is each item.
    const everyNs = period === undefined ? 1 : timeNs(period)
    if (Number.isNaN(ns) || Number.isNaN(everyNs) || (period !== undefined && ns >= everyNs)) return undefined
    return { fault: { at, how: how as Fault['how'], ns, everyNs } }
  }
}

function readFreeze(dose: string): Effect | undefined {
  const [time = '', period = '', more] = dose.split('/')
  const [ns, everyNs] = [timeNs(time), timeNs(period)]
  return more === undefined && ns < everyNs ? { disturbance: { kind: 'freeze', ns, everyNs } } : undefined
}

function readHog(dose: string): Effect | undefined {
  const [where = '', number = '1', more] = dose.split(':')
  const cpu = cpuOf(where)
  const count = /^\d{1,2}$/.test(number) ? Number(number) : 0
  if (more !== undefined || cpu === undefined || count < 1 || count > MAX_HOGS) return undefined
  return { disturbance: { kind: 'hog', cpu, count } }
}

function readQuota(dose: string): Effect | undefined {
  const [, percent, period] = /^(\d+(?:\.\d+)?|\.\d+)%(?:\/([^/]+))?$/.exec(dose) ?? []
  const share = Number(percent) / 100
  const periodUs = period === undefined ? USUAL_PERIOD_US : timeNs(period) / 1000
  const [shortest, longest] = QUOTA_PERIOD_US
  if (!(periodUs >= shortest && periodUs <= longest && Number.isInteger(periodUs))) return undefined
  return share * periodUs >= MIN_QUOTA_US ? { disturbance: { kind: 'cpu-quota', share, periodUs } } : undefined
}

function readSlack(dose: string): Effect | undefined {
  const timerSlack = timeNs(dose)
  return timerSlack <= 1e9 ? { settings: { timerSlack } } : undefined
}

function readCapacity(dose: string): Effect | undefined {
  const queueCap = /^\d{1,8}$/.test(dose) ? Number(dose) : 0
  return queueCap >= 1 && queueCap <= 2 ** 24 ? { settings: { queueCap } } : undefined
}

function readCoPin(dose: string): Effect | undefined {
  const cpu = cpuOf(dose)
  return cpu === undefined ? undefined : { settings: { pinProducer: cpu, pinConsumer: cpu } }
}

function readGarbage(dose: string): Effect | undefined {
  const [, number, unit] = /^(\d{1,7})(KiB|MiB)?$/.exec(dose) ?? []
  const garbageBytes = Number(number) * (unit === 'KiB' ? 1024 : unit === 'MiB' ? 2 ** 20 : 1)
  return garbageBytes >= 64 && garbageBytes <= MAX_GARBAGE ? { garbageBytes } : undefined
}

export const INJECTORS = {
  'consumer-stall': {
    form: 'consumer-stall=TIME/PERIOD[:sleep]',
    description: "the consumer's work on an item takes TIME longer, once each PERIOD; it keeps its CPU, or sleeps",
    repeats: true,
    read: delay('service', 'spin', true),
  },
  'slow-service': {
    form: 'slow-service=TIME[:sleep]',
    description: "the consumer's work on every item takes TIME longer",
    repeats: false,
    read: delay('service', 'spin', false),
  },
  'producer-stall': {
    form: 'producer-stall=TIME/PERIOD[:sleep]',
    description: 'the producer holds an item that is due back for TIME, once each PERIOD',
    repeats: true,
    read: delay('producer', 'spin', true),
  },
  'late-pacer': {
    form: 'late-pacer=TIME[/PERIOD][:spin]',
    description: "the producer's wait for an item's time ends TIME late, each time or once each PERIOD",
    repeats: true,
    read: delay('pacer', 'sleep', undefined),
  },
  'timer-slack': {
    form: 'timer-slack=TIME',
    description: 'the kernel may end the sleeps of both threads TIME late',
    repeats: false,
    read: readSlack,
  },
  'small-cap': { form: 'small-cap=N', description: 'the queue holds N items', repeats: false, read: readCapacity },
  'co-pin': { form: 'co-pin=CPU', description: 'both threads share one CPU', repeats: false, read: readCoPin },
  'gc-storm': {
    form: 'gc-storm=BYTES[KiB]',
    description: "the consumer's JavaScript makes so much garbage for every item",
    repeats: false,
    read: readGarbage,
  },
  hog: {
    form: 'hog=CPU[:N]',
    description: 'N processes that never sleep compete for that CPU (cpu1, first, last)',
    repeats: true,
    read: readHog,
  },
  freeze: {
    form: 'freeze=TIME/PERIOD',
    description: 'the whole process is stopped for TIME, once each PERIOD',
    repeats: false,
    read: readFreeze,
  },
  'cpu-quota': {
    form: 'cpu-quota=PERCENT%[/PERIOD]',
    description: 'the process gets so much of one CPU in each PERIOD (100 ms) and is throttled beyond',
    repeats: false,
    read: readQuota,
  },
} as const satisfies Record<string, Injector>

export type InjectionName = keyof typeof INJECTORS

/** What a scenario's `inject` is without any. */
export const NO_INJECTION = 'none'

/** What an error says is allowed. */
export const INJECTIONS_ALLOWED = `${NO_INJECTION}, or faults joined by +: ${Object.values(INJECTORS)
  .map(({ form }) => form)
  .join(', ')}`

function parsePart(text: string): Injection | string {
  const [name = '', ...rest] = text.split('=')
  if (!Object.hasOwn(INJECTORS, name)) return INJECTIONS_ALLOWED
  const injector: Injector = INJECTORS[name as InjectionName]
  const effect = injector.read(rest.join('='))
  return effect === undefined
    ? `${injector.form}: ${injector.description}`
    : { name: name as InjectionName, text, ...effect }
}

/** Reads a scenario's `inject`; text: what is allowed instead. */
export function readInjections(text: string): readonly Injection[] | string {
  if (text === NO_INJECTION) return []
  const parts = text.split('+').map(parsePart)
  const wrong = parts.find((part) => typeof part === 'string')
  if (wrong !== undefined) return wrong
  const injections = parts as readonly Injection[]
  const twice = injections.find(
    ({ name }, index) => !INJECTORS[name].repeats && injections.findIndex((other) => other.name === name) !== index,
  )
  return twice === undefined ? injections : `${twice.name} once`
}

/**
 * The faults that a scenario asks for.
 *
 * @param scenario one that `parseScenario` gave
 *
 * @example
 * injectionsOf(parseScenario('mine', { inject: 'hog=cpu1:4' }))[0]?.disturbance // { kind: 'hog', cpu: 1, count: 4 }
 */
export function injectionsOf({ inject }: { readonly inject: string }): readonly Injection[] {
  const read = readInjections(inject)
  return typeof read === 'string' ? [] : read
}
