import {
  DEFAULTS,
  INJECTORS,
  kebab,
  parseScenario,
  parseSetting,
  type ScenarioInput,
  SETTINGS,
  type Setting,
  SpscError,
} from '@spsc/core'
import test from 'ava'
import fc from 'fast-check'

const isCpu = (value: unknown) => ['none', 'first', 'last'].includes(value as string) || isInteger(value, 0, 4095)

function isNumber(value: unknown, low: number, high: number): boolean {
  return typeof value === 'number' && value >= low && value <= high
}

function isInteger(value: unknown, low: number, high: number): boolean {
  return Number.isInteger(value) && isNumber(value, low, high)
}

const NO_INTEGERS = [
  -1,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1e12,
  '8x',
  '0x8',
  '',
  ' ',
  'NaN',
  '1.5',
  null,
  true,
  [8],
]
const NO_DURATIONS = [
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1e20,
  'abc',
  '',
  '-1s',
  '25h',
  '1e3',
  '5.',
  '10 s',
  '1d',
  null,
  8n,
]
const NO_CPUS = [-1, 0.5, 4096, Number.NaN, '', 'any', 'First', '1-2', '0x1', null]

interface Rules {
  /** What is written, and what it means. */
  readonly accepts: readonly (readonly [string | number, unknown])[]
  readonly refuses: readonly unknown[]
  readonly allowed: string
  readonly inRange: (value: unknown) => boolean
}

const RULES: Record<Setting, Rules> = {
  duration: {
    accepts: [
      ['500ms', 0.5],
      ['2m', 120],
      ['10s', 10],
      ['1h', 3600],
      ['.5', 0.5],
      ['0.25s', 0.25],
      [' 3 ', 3],
      [0.001, 0.001],
      ['24h', 86_400],
    ],
    refuses: [0, '0', '0.5ms', ...NO_DURATIONS],
    allowed: 'a duration from 1ms to 24h: 500ms, 10s, 2m or bare seconds',
    inRange: (value) => isNumber(value, 0.001, 86_400),
  },
  warmup: {
    accepts: [
      [0, 0],
      ['0', 0],
      ['50ms', 0.05],
      [86_400, 86_400],
    ],
    refuses: NO_DURATIONS,
    allowed: 'a duration from 0 to 24h: 500ms, 10s, 2m or bare seconds',
    inRange: (value) => isNumber(value, 0, 86_400),
  },
  prodIntervalUs: {
    accepts: [
      [0, 0],
      ['0', 0],
      ['1000', 1000],
      ['12.5', 12.5],
      ['1e3', 1000],
      [60_000_000, 60_000_000],
    ],
    refuses: [-1, '-0.1', 60_000_001, Number.NaN, 1e20, 'abc', '', '1ms', '8x', null],
    allowed: 'a number of microseconds from 0 to 60000000',
    inRange: (value) => isNumber(value, 0, 60_000_000),
  },
  queueCap: {
    accepts: [
      [1, 1],
      ['8', 8],
      ['1e3', 1000],
      [16_777_216, 16_777_216],
    ],
    refuses: [0, '0', 16_777_217, ...NO_INTEGERS],
    allowed: 'an integer from 1 to 16777216',
    inRange: (value) => isInteger(value, 1, 16_777_216),
  },
  itemBytes: {
    accepts: [
      [8, 8],
      ['8', 8],
      ['64', 64],
      [1000, 1000],
      ['65536', 65_536],
    ],
    refuses: [0, 4, 7, 9, 12, '63', 65_535, 65_544, '64k', -8, ...NO_INTEGERS],
    allowed: 'a multiple of 8 from 8 to 65536',
    inRange: (value) => isInteger(value, 8, 65_536) && (value as number) % 8 === 0,
  },
  workBytes: {
    accepts: [
      [0, 0],
      ['4096', 4096],
      [1_073_741_824, 1_073_741_824],
    ],
    refuses: [1_073_741_825, ...NO_INTEGERS],
    allowed: 'an integer from 0 to 1073741824',
    inRange: (value) => isInteger(value, 0, 1_073_741_824),
  },
  timerSlack: {
    accepts: [
      ['default', 'default'],
      ['1', 1],
      [50_000, 50_000],
      [1_000_000_000, 1_000_000_000],
    ],
    refuses: [0, '0', 1_000_000_001, 'Default', 'none', '50us', ...NO_INTEGERS],
    allowed: 'default or an integer of nanoseconds from 1 to 1000000000',
    inRange: (value) => value === 'default' || isInteger(value, 1, 1_000_000_000),
  },
  burst: {
    accepts: [
      [1, 1],
      ['8', 8],
      [10_000, 10_000],
    ],
    refuses: [0, '0', 10_001, ...NO_INTEGERS],
    allowed: 'an integer from 1 to 10000',
    inRange: (value) => isInteger(value, 1, 10_000),
  },
  pinProducer: {
    accepts: [
      ['none', 'none'],
      ['first', 'first'],
      ['last', 'last'],
      ['0', 0],
      [4095, 4095],
    ],
    refuses: NO_CPUS,
    allowed: 'none, first, last or the number of a CPU this process may use',
    inRange: isCpu,
  },
  pinConsumer: {
    accepts: [
      ['none', 'none'],
      ['first', 'first'],
      ['last', 'last'],
      ['1', 1],
      [0, 0],
    ],
    refuses: NO_CPUS,
    allowed: 'none, first, last or the number of a CPU this process may use',
    inRange: isCpu,
  },
  pacing: {
    accepts: [
      ['sleep', 'sleep'],
      ['deadline', 'deadline'],
      ['spin', 'spin'],
    ],
    refuses: ['', 'Sleep', 'busy', 0, null],
    allowed: 'sleep, deadline, spin',
    inRange: (value) => ['sleep', 'deadline', 'spin'].includes(value as string),
  },
  arrival: {
    accepts: [
      ['fixed', 'fixed'],
      ['poisson', 'poisson'],
    ],
    refuses: ['', 'uniform', 1, null],
    allowed: 'fixed, poisson',
    inRange: (value) => ['fixed', 'poisson'].includes(value as string),
  },
  onFull: {
    accepts: [
      ['drop', 'drop'],
      ['block', 'block'],
    ],
    refuses: ['', 'wait', true, null],
    allowed: 'drop, block',
    inRange: (value) => ['drop', 'block'].includes(value as string),
  },
  wait: {
    accepts: [
      ['spin', 'spin'],
      ['yield', 'yield'],
      ['block', 'block'],
    ],
    refuses: ['', 'sleep', 0, null],
    allowed: 'spin, yield, block',
    inRange: (value) => ['spin', 'yield', 'block'].includes(value as string),
  },
  deadlineUs: {
    accepts: [
      ['none', 'none'],
      ['500', 500],
      ['0.5', 0.5],
      [60_000_000, 60_000_000],
    ],
    refuses: ['', '0', 0, -1, '1ms', 'None', 60_000_001, Number.NaN, Number.POSITIVE_INFINITY, true, null, [1]],
    allowed: 'none or a number of microseconds above 0, up to 60000000',
    inRange: (value) => value === 'none' || (typeof value === 'number' && value > 0 && value <= 60_000_000),
  },
  inject: {
    accepts: [
      ['none', 'none'],
      [' hog=cpu1 ', 'hog=cpu1'],
      ['consumer-stall=20ms/1s+hog=last:4', 'consumer-stall=20ms/1s+hog=last:4'],
    ],
    refuses: ['', 'None', 'hogs=1', 'none+none', 'hog=cpu1+', 1, Number.NaN, true, null, ['hog=cpu1']],
    allowed: `none, or faults joined by +: ${Object.values(INJECTORS)
      .map(({ form }) => form)
      .join(', ')}`,
    inRange: (value) => typeof value === 'string' && parseScenario('again', { inject: value }).inject === value,
  },
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

/** What was thrown, or the value that was given back. */
function attempt(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return error
  }
}

for (const setting of SETTINGS) {
  const { accepts, refuses, allowed, inRange } = RULES[setting]

  test(`${setting} takes what its range names and gives its normal form`, (t) => {
    for (const [written, meant] of accepts) t.is(parseSetting(setting, written), meant as never, shown(written))
  })

  test(`${setting} refuses the rest, naming the option as called and the allowed range`, (t) => {
    for (const value of [...refuses, undefined]) {
      const error = t.throws(() => parseSetting(setting, value, '--as-called'), {
        instanceOf: SpscError,
        code: 'ERR_OPTION',
      })
      t.is(error.message, `[spsc] [scenario] --as-called is ${shown(value)}; allowed: ${allowed}`)
      t.is(error.part, 'scenario')
    }
  })

  test(`${setting}: any text or number gives a value in range or ERR_OPTION`, (t) => {
    const numeric = fc.double().map(String)
    const duration = fc
      .tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom('', 'ms', 's', 'm', 'h'))
      .map((parts) => parts.join(''))
    const written = fc.oneof(
      fc.string(),
      fc.double(),
      fc.integer(),
      numeric,
      duration,
      fc.constantFrom(...accepts.map(([value]) => value)),
    )
    fc.assert(
      fc.property(written, (value) => {
        const result = attempt(() => parseSetting(setting, value))
        return inRange(result) || (result instanceof SpscError && result.code === 'ERR_OPTION')
      }),
      { numRuns: 500 },
    )
    t.pass()
  })
}

test('any value at all is refused with ERR_OPTION, however it prints', (t) => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true }), (value) => {
      fc.pre(typeof value !== 'string' && typeof value !== 'number')
      const result = attempt(() => parseSetting('queueCap', value))
      return result instanceof SpscError && result.code === 'ERR_OPTION'
    }),
    { numRuns: 500 },
  )
  t.pass()
})

test('an option is called by its setting unless the caller says otherwise', (t) => {
  t.throws(() => parseSetting('queueCap', 0), {
    message: '[spsc] [scenario] queueCap is 0; allowed: an integer from 1 to 16777216',
  })
})

test('whole numbers mean the same as text', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 24 }),
      (capacity) => parseSetting('queueCap', String(capacity)) === capacity,
    ),
  )
  t.pass()
})

test('a scenario without settings is the seed’s baseline', (t) => {
  t.deepEqual(parseScenario('baseline'), {
    name: 'baseline',
    duration: 10,
    warmup: 0.5,
    prodIntervalUs: 1000,
    queueCap: 64,
    itemBytes: 8,
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
    inject: 'none',
  })
})

test('a deadline where nothing is due at a time is refused', (t) => {
  const error = t.throws(() => parseScenario('t', { deadlineUs: 100, prodIntervalUs: 0 }), { code: 'ERR_OPTION' })
  t.regex(error.message, /deadlineUs is 100 at prodIntervalUs 0, .+; allowed: none; set prodIntervalUs above 0$/)
})

test('the defaults are in range and name every setting once', (t) => {
  t.deepEqual(Object.keys(DEFAULTS).sort(), [...SETTINGS].sort())
  for (const setting of SETTINGS) t.is(parseSetting(setting, DEFAULTS[setting]), DEFAULTS[setting])
})

test('what a scenario gives stands, in normal form; the rest is default', (t) => {
  const { name, ...values } = parseScenario('mine', { duration: '500ms', queueCap: '8', wait: 'spin' })
  t.is(name, 'mine')
  t.deepEqual(values, { ...DEFAULTS, duration: 0.5, queueCap: 8, wait: 'spin' })
})

test('a setting that is undefined is one that was not given', (t) => {
  t.is(parseScenario('mine', { queueCap: undefined } as unknown as ScenarioInput).queueCap, 64)
})

test('a complete scenario parses to itself', (t) => {
  const { name, ...values } = parseScenario('mine', { duration: '2m', prodIntervalUs: '0', pinConsumer: 'last' })
  t.deepEqual(parseScenario(name, values), { name, ...values })
})

test('a value out of range is named by its setting', (t) => {
  t.throws(() => parseScenario('mine', { warmup: 1, queueCap: 1.5 }), {
    code: 'ERR_OPTION',
    message: '[spsc] [scenario] queueCap is 1.5; allowed: an integer from 1 to 16777216',
  })
})

test('a key that is no setting is named, with the settings there are', (t) => {
  for (const key of ['queuecap', 'queue-cap', 'name', 'toString', '__proto__']) {
    const input = JSON.parse(`{ "queueCap": 8, "${key}": 1 }`) as ScenarioInput
    t.throws(() => parseScenario('mine', input), {
      instanceOf: SpscError,
      code: 'ERR_UNKNOWN',
      message: `[spsc] [scenario] ${key} is not a setting; allowed: ${SETTINGS.join(', ')}`,
    })
  }
})

test('settings are spelled with dashes in labels', (t) => {
  t.is(kebab('prodIntervalUs'), 'prod-interval-us')
  t.is(kebab('wait'), 'wait')
})

test('settings that are no object are refused', (t) => {
  for (const input of [null, 8, 'queueCap']) {
    t.throws(() => parseScenario('a', input as never), { code: 'ERR_OPTION', message: /settings are .*; allowed: / })
  }
})
