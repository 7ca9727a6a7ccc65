import * as v from 'valibot'
import { SpscError } from './errors.js'
import { INJECTIONS_ALLOWED, injectionsOf, NO_INJECTION, readInjections } from './injections.js'

export const MAX_CAPACITY = 2 ** 24
/** Bytes of the item that every queue carries: one 64-bit word. */
export const WORD_BYTES = 8
const MAX_ITEM_BYTES = 65_536
const MAX_DURATION_S = 86_400
const MAX_INTERVAL_US = 60_000_000
const MAX_WORK_BYTES = 2 ** 30
const MAX_BURST = 10_000
const MAX_SLACK_NS = 1_000_000_000
const MAX_CPU = 4095

/** `500ms`, `10s`, `2m`, `1h` or seconds, as seconds; NaN where it is none of these. */
export function parseDuration(value: string | number): number {
  if (typeof value === 'number') return value
  const match = /^(\d+(?:\.\d+)?|\.\d+)(ms|s|m|h)?$/.exec(value.trim())
  if (match === null) return Number.NaN
  return Number(match[1]) * { ms: 0.001, s: 1, m: 60, h: 3600 }[(match[2] ?? 's') as 'ms' | 's' | 'm' | 'h']
}

/** Numbers arrive as text from flags, the environment and tables. Only plain decimals are numbers: not `0x8`, `8x`, ``. */
function parseNumber(value: string | number): number {
  if (typeof value === 'number') return value
  return /^-?\d+(\.\d+)?(e\d+)?$/i.test(value.trim()) ? Number(value) : Number.NaN
}

function within(low: number, high: number, value: number): boolean {
  return value >= low && value <= high
}

// The message of each setting is what an error says after "allowed: ", and what the JSON schema says of it.

function number(allowed: string, accepts: (value: number) => boolean, parse = parseNumber) {
  const text = v.union([v.string(), v.number()], allowed)
  return v.pipe(text, v.description(allowed), v.transform(parse), v.check(accepts, allowed))
}

function duration(low: number, allowed: string) {
  return number(allowed, (seconds) => within(low, MAX_DURATION_S, seconds), parseDuration)
}

function cpu() {
  const allowed = `none, first, last or the number of a CPU this process may use`
  return v.pipe(
    v.union([v.string(), v.number()], allowed),
    v.description(allowed),
    v.transform((value) => (value === 'none' || value === 'first' || value === 'last' ? value : parseNumber(value))),
    v.check((value) => typeof value === 'string' || (Number.isInteger(value) && within(0, MAX_CPU, value)), allowed),
  )
}

function timerSlack() {
  const allowed = `default or an integer of nanoseconds from 1 to ${MAX_SLACK_NS}`
  return v.pipe(
    v.union([v.string(), v.number()], allowed),
    v.description(allowed),
    v.transform((value) => (value === 'default' ? value : parseNumber(value))),
    v.check((value) => value === 'default' || (Number.isInteger(value) && within(1, MAX_SLACK_NS, value)), allowed),
  )
}

function deadline() {
  const allowed = `none or a number of microseconds above 0, up to ${MAX_INTERVAL_US}`
  return v.pipe(
    v.union([v.string(), v.number()], allowed),
    v.description(allowed),
    v.transform((value) => (value === 'none' ? value : parseNumber(value))),
    v.check((value) => value === 'none' || (value > 0 && value <= MAX_INTERVAL_US), allowed),
  )
}

/** What is wrong with one of several faults is said of that one. */
function injection() {
  return v.pipe(
    v.string(INJECTIONS_ALLOWED),
    v.description(INJECTIONS_ALLOWED),
    v.transform((text) => text.trim()),
    v.rawCheck(({ dataset, addIssue }) => {
      const read = dataset.typed ? readInjections(dataset.value) : []
      if (typeof read === 'string') addIssue({ message: read })
    }),
  )
}

function choice<const Options extends readonly string[]>(options: Options) {
  return v.picklist(options, options.join(', '))
}

/** Every setting of a scenario with its range; the text is what an error calls allowed. */
export const settings = {
  /** Seconds measured per replicate. */
  duration: duration(0.001, `a duration from 1ms to 24h: 500ms, 10s, 2m or bare seconds`),
  /** Seconds run before the measurement and discarded. */
  warmup: duration(0, `a duration from 0 to 24h: 500ms, 10s, 2m or bare seconds`),
  /** Microseconds between two items; 0: as fast as the queue takes them. */
  prodIntervalUs: number(`a number of microseconds from 0 to ${MAX_INTERVAL_US}`, (n) => within(0, MAX_INTERVAL_US, n)),
  /** Items the queue holds. */
  queueCap: number(`an integer from 1 to ${MAX_CAPACITY}`, (n) => Number.isInteger(n) && within(1, MAX_CAPACITY, n)),
  /** Bytes of each item that travels through the queue. More than {@link WORD_BYTES} takes a queue that declares it. */
  itemBytes: number(
    `a multiple of ${WORD_BYTES} from ${WORD_BYTES} to ${MAX_ITEM_BYTES}`,
    (n) => n % WORD_BYTES === 0 && within(WORD_BYTES, MAX_ITEM_BYTES, n),
  ),
  /** Bytes the consumer reads and writes per item, in a buffer of its own. */
  workBytes: number(
    `an integer from 0 to ${MAX_WORK_BYTES}`,
    (n) => Number.isInteger(n) && within(0, MAX_WORK_BYTES, n),
  ),
  /** CPU of the producer's thread. */
  pinProducer: cpu(),
  /** CPU of the consumer's thread. */
  pinConsumer: cpu(),
  /**
   * How the producer keeps its interval: `sleep` sleeps the interval after each item and drifts, as the seed did;
   * `deadline` sleeps until the next multiple of the interval; `spin` watches the clock for it.
   */
  pacing: choice(['sleep', 'deadline', 'spin']),
  /**
   * How late the kernel may end a sleep of either thread, in nanoseconds; `default`: what a thread is born with, 50 µs as
   * a rule, as in the seed.
   */
  timerSlack: timerSlack(),
  /** Gaps between items: all equal, or exponentially distributed with the same mean (a Poisson process). */
  arrival: choice(['fixed', 'poisson']),
  /** Items due at the same moment. The mean rate stays: the gap after them is as many times as long. */
  burst: number(`an integer from 1 to ${MAX_BURST}`, (n) => Number.isInteger(n) && within(1, MAX_BURST, n)),
  /** What the producer does when the queue is full. */
  onFull: choice(['drop', 'block']),
  /** How an end waits for the other. `yield` gives the CPU away between tries; `block` sleeps until woken. */
  wait: choice(['spin', 'yield', 'block']),
  /**
   * Microseconds from when an item is due until the work on it must be done for it to count as on time. It changes
   * nothing that is measured: goodput is counted by it.
   */
  deadlineUs: deadline(),
  /** Faults put in on purpose, to see what they do and whether they are found: {@link INJECTORS}. */
  inject: injection(),
}

export const scenarioSchema = v.strictObject({ name: v.string(), ...settings })

/** One experiment, complete: every setting has a value. */
export type Scenario = v.InferOutput<typeof scenarioSchema>

/** Names of the settings, in the order help and tables show them. */
export const SETTINGS = Object.keys(settings) as readonly (keyof typeof settings)[]
export type Setting = (typeof SETTINGS)[number]

/** A setting as flags and labels spell it. @example kebab('queueCap') // 'queue-cap' */
export function kebab(setting: string): string {
  return setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** Settings that a scenario, a file or a command line gives; the rest comes from {@link DEFAULTS}. */
export type ScenarioInput = { readonly [Key in Setting]?: v.InferInput<(typeof settings)[Key]> }

/** The seed's `baseline`. */
export const DEFAULTS: Omit<Scenario, 'name'> = {
  duration: 10,
  warmup: 0.5,
  prodIntervalUs: 1000,
  queueCap: 64,
  itemBytes: WORD_BYTES,
  workBytes: 0,
  pinProducer: 'none',
  pinConsumer: 'none',
  pacing: 'sleep',
  timerSlack: 1,
  arrival: 'fixed',
  burst: 1,
  onFull: 'drop',
  wait: 'block',
  deadlineUs: 'none',
  inject: NO_INJECTION,
}

/** What a reader wrote, for an error. Objects come from files and may lack a way to become text. */
function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

/**
 * Checks one setting and gives its normal form: text becomes a number, a duration becomes seconds.
 *
 * @param calledBy how the reader spelled it (`--queue-cap`, `SPSC_QUEUE_CAP`, `queueCap`), for the error
 * @throws `ERR_OPTION`
 *
 * @example
 * parseSetting('duration', '500ms', '--duration') // 0.5
 */
export function parseSetting<Key extends Setting>(key: Key, value: unknown, calledBy: string = key): Scenario[Key] {
  const result = v.safeParse(settings[key], value)
  if (result.success) return result.output as Scenario[Key]
  throw new SpscError('ERR_OPTION', 'scenario', `${calledBy} is ${show(value)}; allowed: ${result.issues[0].message}`)
}

/**
 * Completes and checks a scenario. Of its faults, those that are a matter of settings are in its settings then.
 *
 * @throws `ERR_OPTION` for what is no object, a value out of range or what needs due times at interval 0, `ERR_UNKNOWN` for a key that is no setting
 *
 * @example
 * parseScenario('mine', { queueCap: 8 }).prodIntervalUs // 1000
 */
export function parseScenario(name: string, input: ScenarioInput = {}): Scenario {
  if (typeof input !== 'object' || input === null) {
    throw new SpscError('ERR_OPTION', 'scenario', `settings are ${show(input)}; allowed: an object of settings by name`)
  }
  const unknown = Object.keys(input).find((key) => !SETTINGS.includes(key as Setting))
  if (unknown !== undefined) {
    throw new SpscError('ERR_UNKNOWN', 'scenario', `${unknown} is not a setting; allowed: ${SETTINGS.join(', ')}`)
  }
  const values = SETTINGS.map((key) => [key, parseSetting(key, input[key] ?? DEFAULTS[key])] as const)
  const asked = { name, ...Object.fromEntries(values) } as Scenario
  const scenario: Scenario = Object.assign(asked, ...injectionsOf(asked).map(({ settings }) => settings))
  if (scenario.burst > 1 && scenario.prodIntervalUs === 0) {
    throw new SpscError(
      'ERR_OPTION',
      'scenario',
      `burst is ${scenario.burst} at prodIntervalUs 0, where no item is due at a time; allowed: 1; set prodIntervalUs above 0`,
    )
  }
  if (scenario.deadlineUs !== 'none' && scenario.prodIntervalUs === 0) {
    throw new SpscError(
      'ERR_OPTION',
      'scenario',
      `deadlineUs is ${scenario.deadlineUs} at prodIntervalUs 0, where no item is due at a time; allowed: none; set prodIntervalUs above 0`,
    )
  }
  const early = injectionsOf(scenario).find(({ fault }) => fault?.at === 'pacer' || fault?.at === 'producer')
  if (early !== undefined && scenario.prodIntervalUs === 0) {
    throw new SpscError(
      'ERR_OPTION',
      'scenario',
      `inject is ${early.text} at prodIntervalUs 0, where no item is due at a time; allowed: faults of the consumer and the machine; set prodIntervalUs above 0`,
    )
  }
  return scenario
}
