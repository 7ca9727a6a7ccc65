import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type ScenarioFile, SETTINGS, scenarioFileSchema } from '@spsc/core'
import test from 'ava'
import * as v from 'valibot'

const EXAMPLE = {
  name: 'sizes',
  defaults: { duration: '2s' },
  scenarios: { small: { queueCap: 8 }, others: { queueCap: [64, 1024] } },
} satisfies ScenarioFile

/** Every complaint as `path: message`, or nothing where the file is accepted. */
function complaints(file: unknown): string[] {
  const { issues = [] } = v.safeParse(scenarioFileSchema, file)
  return issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`)
}

test('a file gives defaults and scenarios, one value or a list of each setting', (t) => {
  t.deepEqual(v.parse(scenarioFileSchema, EXAMPLE), {
    name: 'sizes',
    defaults: { duration: 2 },
    scenarios: { small: { queueCap: 8 }, others: { queueCap: [64, 1024] } },
  })
})

test('every member a file may have is accepted together', (t) => {
  const all = { $schema: 'x', description: 'd', queues: ['sab', './mine.js'], replicates: 3, ...EXAMPLE }
  t.deepEqual(complaints(all), [])
})

test('every setting is accepted alone and as a list', (t) => {
  const values = {
    duration: '1s',
    warmup: 0,
    prodIntervalUs: '1000',
    queueCap: 8,
    itemBytes: 64,
    workBytes: 0,
    pinProducer: 'first',
    pinConsumer: 1,
    pacing: 'spin',
    timerSlack: 'default',
    arrival: 'poisson',
    burst: 4,
    onFull: 'block',
    wait: 'yield',
    deadlineUs: 500,
    inject: 'consumer-stall=20ms/1s+hog=cpu1',
  }
  t.deepEqual(Object.keys(values).sort(), [...SETTINGS].sort())
  for (const [setting, value] of Object.entries(values)) {
    t.deepEqual(
      complaints({ scenarios: { one: { [setting]: value }, list: { [setting]: [value, value] } } }),
      [],
      setting,
    )
  }
})

test('an unknown key is refused where it stands', (t) => {
  t.regex(complaints({ ...EXAMPLE, scenario: {} }).join(), /^scenario: /)
  t.regex(complaints({ scenarios: { small: { queuecap: 8 } } }).join(), /^scenarios\.small\.queuecap: /)
  t.regex(complaints({ ...EXAMPLE, defaults: { name: 'x' } }).join(), /^defaults\.name: /)
})

test('a value out of range is refused where it stands, alone or in a list', (t) => {
  t.deepEqual(complaints({ scenarios: { small: { queueCap: 0 } } }), [
    'scenarios.small.queueCap: an integer from 1 to 16777216',
  ])
  t.regex(
    complaints({ scenarios: { small: { queueCap: [8, 1.5] } } }).join(),
    /^scenarios\.small\.queueCap.*: an integer from 1 to 16777216$/,
  )
  t.regex(complaints({ scenarios: { small: { wait: 'sleep' } } }).join(), /^scenarios\.small\.wait: /)
})

test('a file without scenarios is refused', (t) => {
  t.regex(complaints({ name: 'nothing' }).join(), /^scenarios: /)
  t.deepEqual(complaints({ scenarios: {} }), ['scenarios: at least one scenario'])
  t.regex(complaints({ scenarios: { small: 8 } }).join(), /^scenarios\.small: /)
  t.deepEqual(complaints('text'), ['null: an object with scenarios'])
  t.deepEqual(complaints(null), ['null: an object with scenarios'])
})

test('an empty list of values is refused', (t) => {
  t.is(complaints({ scenarios: { small: { queueCap: [] } } }).length, 1)
})

test('the published JSON schema names every setting in scenarios and in defaults', (t) => {
  const path = createRequire(import.meta.url).resolve('@spsc/core/scenario-file.schema.json')
  const { properties, required } = JSON.parse(readFileSync(path, 'utf8'))
  const members = ['description', ...SETTINGS].sort()
  t.deepEqual(required, ['scenarios'])
  t.deepEqual(Object.keys(properties).sort(), Object.keys(scenarioFileSchema.entries).sort())
  t.deepEqual(Object.keys(properties.defaults.properties).sort(), members)
  t.deepEqual(Object.keys(properties.scenarios.additionalProperties.properties).sort(), members)
  t.is(properties.defaults.additionalProperties, false)
  t.is(properties.scenarios.additionalProperties.additionalProperties, false)
})

test('the published JSON schema says of each setting what an error calls allowed', (t) => {
  const path = createRequire(import.meta.url).resolve('@spsc/core/scenario-file.schema.json')
  const { properties } = JSON.parse(readFileSync(path, 'utf8'))
  const [one] = properties.defaults.properties.queueCap.anyOf
  t.is(one.description, 'an integer from 1 to 16777216')
  t.deepEqual(properties.defaults.properties.wait.anyOf[0].enum, ['spin', 'yield', 'block'])
})
