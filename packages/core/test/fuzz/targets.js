// What must hold whatever a scenario, a setting or a stored line is. Plain JavaScript: `npm run prove` runs the same.
import {
  parseMaxRate,
  parseRecord,
  parseScenario,
  parseSetting,
  SETTINGS,
  SpscError,
  scenarioFileSchema,
} from '@spsc/core'
import fc from 'fast-check'
import * as v from 'valibot'

/** What a call gives; `undefined` where it throws one of our errors, in their form. */
export function classified(call) {
  try {
    return call()
  } catch (error) {
    if (!(error instanceof SpscError)) throw error
    if (!/^\[spsc\] \[[a-z ]+\] .+$/s.test(error.message)) throw new Error(`message: ${error.message}`)
    return undefined
  }
}

/** What JSON, YAML or a module can give. */
const plain = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withTypedArray: true })
const EDGES = [0, -0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e12, 1e20, 2 ** 24 + 1, 2 ** 53, 'none', 'first']
const TEXTS = [
  '',
  ' ',
  '8x',
  '0x8',
  '1e3',
  '10s',
  '500ms',
  '1h',
  '-1',
  '8..64*2',
  '1e999',
  '۸',
  '８',
  'NaN',
  '__proto__',
]
const value = fc.oneof(plain, fc.constantFrom(...EDGES, ...TEXTS), fc.string(), fc.double())
const settings = fc.dictionary(
  fc.oneof(
    { arbitrary: fc.constantFrom(...SETTINGS), weight: 5 },
    fc.constantFrom('__proto__', 'constructor', 'toString', 'name'),
    fc.string(),
  ),
  value,
  { maxKeys: 6, noNullPrototype: false },
)

const setting = {
  name: 'settings',
  input: fc.tuple(fc.constantFrom(...SETTINGS), value),
  run([key, given]) {
    const parsed = classified(() => parseSetting(key, given))
    if (parsed === undefined) return
    if (!['number', 'string'].includes(typeof parsed) || Number.isNaN(parsed)) throw new Error(`${key} is ${parsed}`)
    if (parseSetting(key, parsed) !== parsed) throw new Error(`${key}: ${parsed} is not its own normal form`)
  },
}

const scenario = {
  name: 'scenarios',
  input: fc.tuple(fc.string(), fc.oneof({ arbitrary: settings, weight: 4 }, plain)),
  run([name, given]) {
    const parsed = classified(() => parseScenario(name, given))
    if (parsed !== undefined && JSON.stringify(Object.keys(parsed)) !== KEYS) throw new Error(JSON.stringify(parsed))
  },
}
const KEYS = JSON.stringify(Object.keys(parseScenario('a')))

const file = {
  name: 'scenario files, as structures',
  input: fc.oneof(
    plain,
    fc.record(
      {
        name: value,
        defaults: settings,
        scenarios: fc.oneof(fc.dictionary(fc.string(), fc.oneof(settings, plain)), plain),
        queues: fc.oneof(fc.array(value), plain),
        replicates: value,
      },
      { requiredKeys: [] },
    ),
  ),
  run(given) {
    const { success, issues } = v.safeParse(scenarioFileSchema, given)
    if (!success && !issues[0].message) throw new Error('refused without a reason')
  },
}

const RECORD = JSON.stringify({
  schema: 1,
  run: 't',
  scenario: 'baseline',
  queue: 'sab',
  cell: 1,
  replicate: 1,
  order: 1,
  seed: 1,
  replicate_seed: 2,
  started_at: '2026-01-01T00:00:00.000Z',
  config: parseScenario('baseline'),
  warnings: [],
  status: 'failed',
  error: { code: 'ERR_PLUGIN', message: 'none' },
})
/** A line that has been cut, overwritten or spliced. */
export const damagedText = (texts) =>
  fc
    .tuple(
      texts,
      fc.array(
        fc.tuple(
          fc.nat(),
          fc.nat(12),
          fc.oneof(fc.string(), fc.constantFrom('"', '}', '[', '\\u0000', '-1', 'null', '1e999')),
        ),
        { minLength: 1, maxLength: 4 },
      ),
    )
    .map(([text, cuts]) =>
      cuts.reduce((damaged, [at, length, put]) => {
        const place = at % (damaged.length + 1)
        return damaged.slice(0, place) + put + damaged.slice(place + length)
      }, text),
    )
const stored = {
  name: 'stored lines',
  input: fc.oneof(fc.string(), fc.json(), damagedText(fc.constant(RECORD))),
  run(line) {
    const record = parseRecord(line)
    if (record !== undefined && !['ok', 'failed'].includes(record.status)) throw new Error(`status ${record.status}`)
    if (!Array.isArray(parseMaxRate(record))) throw new Error('no list')
  },
}

export default [setting, scenario, file, stored]
