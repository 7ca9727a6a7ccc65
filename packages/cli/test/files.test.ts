import { join } from 'node:path'
import test from 'ava'
import { BRIEF, execute, filesOf, folder, folderWith, refused, run, spsc, storedRecords } from './spsc.js'

/** A file, what is wrong with it, and what the error must say. */
const WRONG: readonly (readonly [what: string, name: string, text: string, message: RegExp])[] = [
  [
    'an unknown setting',
    'a.yaml',
    'scenarios:\n  a:\n    queueCapp: 8\n',
    /a\.yaml:3: key "scenarios\.a\.queueCapp" is unknown; .*; did you mean queueCap\?/,
  ],
  [
    'an unknown key at the top',
    'a.yaml',
    'name: a\nscenarioz: {}\n',
    /a\.yaml:2: key "scenarioz" is unknown; .*; did you mean scenarios\?/,
  ],
  [
    'an unknown setting among the defaults',
    'a.yaml',
    'defaults:\n  duratoin: 1\nscenarios:\n  a: {}\n',
    /a\.yaml:2: key "defaults\.duratoin" is unknown; .*; did you mean duration\?/,
  ],
  [
    'an unknown setting in JSON',
    'a.json',
    '{\n  "scenarios": {\n    "a": { "queuecap": 8 }\n  }\n}\n',
    /a\.json:3: key "scenarios\.a\.queuecap" is unknown; .*; did you mean queueCap\?/,
  ],
  [
    'an unknown setting near to none',
    'a.yaml',
    'scenarios:\n  a:\n    colour: red\n',
    /a\.yaml:3: key "scenarios\.a\.colour" is unknown; known: [^?]*$/,
  ],
  [
    'a value out of range',
    'a.yaml',
    'scenarios:\n  a:\n    duration: 1\n    queueCap: 0\n',
    /a\.yaml:4: scenarios\.a\.queueCap is 0; allowed: an integer from 1 to 16777216/,
  ],
  [
    'a value out of range in a list',
    'a.yaml',
    'scenarios:\n  a:\n    duration: [1, 0]\n',
    /a\.yaml:3: scenarios\.a\.duration\.1 is 0; allowed: a duration from 1ms to 24h/,
  ],
  [
    'an empty list',
    'a.yaml',
    'scenarios:\n  a:\n    queueCap: []\n',
    /a\.yaml:3: scenarios\.a\.queueCap .*at least one value/,
  ],
  [
    'a value of the wrong type',
    'a.yaml',
    'scenarios:\n  a:\n    wait: true\n',
    /a\.yaml:3: scenarios\.a\.wait is true; allowed: /,
  ],
  [
    'half a replicate',
    'a.yaml',
    'replicates: 1.5\nscenarios:\n  a: {}\n',
    /a\.yaml:1: replicates is 1\.5; allowed: an integer/,
  ],
  ['no scenario', 'a.yaml', 'scenarios: {}\n', /a\.yaml:1: scenarios .*at least one scenario/],
  ['nothing', 'a.yaml', '', /a\.yaml: the file is null; allowed: an object with scenarios/],
  ['a list', 'a.yaml', '- a\n', /a\.yaml: /],
  ['scenarios that are a list', 'a.yaml', 'scenarios: [a]\n', /a\.yaml:1: scenarios/],
  ['settings that are a number', 'a.yaml', 'scenarios:\n  a: 5\n', /a\.yaml:2: scenarios\.a is 5; allowed: /],
  ['settings that are a list', 'a.yaml', 'scenarios:\n  a: [5]\n', /a\.yaml:2: key "scenarios\.a\.0" is unknown/],
  ['a range of nothing', 'a.yaml', 'scenarios:\n  a:\n    queueCap: 9..3\n', /a\.yaml:3: scenarios\.a\.queueCap /],
  [
    'a range of nothing in a module',
    'a.mjs',
    'export default { scenarios: { a: { queueCap: "9..3" } } }',
    /a\.mjs: scenarios\.a\.queueCap /,
  ],
  [
    'a reserved name in a module',
    'a.mjs',
    'export default { scenarios: { a: {}, constructor: {} } }',
    /a\.mjs: a scenario can't be called constructor; choose another name/,
  ],
  ['bad YAML', 'a.yaml', 'scenarios:\n  a: [\n', /a\.yaml:\d: is not valid YAML: /],
  ['bad JSON', 'a.json', '{\n  "scenarios": {\n', /a\.json:\d: is not valid YAML: /],
  [
    'one key twice',
    'a.yaml',
    'scenarios:\n  a:\n    queueCap: 8\n    queueCap: 9\n',
    /a\.yaml:4: is not valid YAML: Map keys must be unique/,
  ],
  [
    '__proto__ as a setting',
    'a.yaml',
    'scenarios:\n  a:\n    __proto__: { queueCap: 8 }\n',
    /a\.yaml:3: key "scenarios\.a\.__proto__" is unknown/,
  ],
  [
    'a member of every object as a setting',
    'a.yaml',
    'scenarios:\n  a:\n    toString: 8\n',
    /a\.yaml:3: key "scenarios\.a\.toString" is unknown/,
  ],
  [
    '__proto__ at the top',
    'a.json',
    '{ "__proto__": { "scenarios": { "a": {} } } }',
    /a\.json:1: key "__proto__" is unknown/,
  ],
  [
    'a name that leaves the folder',
    'a.yaml',
    'name: ../up\nscenarios:\n  a: {}\n',
    /name is "\.\.\/up"; allowed: letters/,
  ],
  ['an unknown queue', 'a.yaml', 'queues: [sba]\nscenarios:\n  a: {}\n', /"sba" is unknown; .*; did you mean sab\?/],
  [
    'a module that exports none',
    'a.mjs',
    'export const scenarios = {}\n',
    /a\.mjs: the file .*an object with scenarios/,
  ],
  [
    'a module with an unknown setting',
    'a.mjs',
    'export default { scenarios: { a: { queueCapp: 8 } } }\n',
    /a\.mjs: key "scenarios\.a\.queueCapp" is unknown; .*did you mean queueCap\?/,
  ],
  ['a module that throws', 'a.mjs', 'throw new Error("not today")\n', /a\.mjs: can't be read: not today/],
  ['a module that is no JavaScript', 'a.mjs', 'scenarios:\n', /a\.mjs: can't be read: /],
]

for (const [what, name, text, message] of WRONG) {
  test(`a file with ${what} (${name.split('.')[1]}) is refused, with where and what`, (t) =>
    refused(t, ['run', name], message, { cwd: folderWith(t, { [name]: text }) }))
}

for (const name of ['constructor', '__proto__', 'prototype']) {
  test(`a scenario called ${name} does not slip through unchecked`, (t) =>
    refused(t, ['run', 'a.yaml', '--print-config'], new RegExp(`a\\.yaml:3: .*(queueCapp|${name})`), {
      cwd: folderWith(t, { 'a.yaml': `scenarios:\n  a: {}\n  ${name}: { queueCapp: 8 }\n` }),
    }))
}

for (const [what, text, behaves] of [
  ['no replicates', 'replicates: 0', test],
  ['fewer replicates than none', 'replicates: -3', test],
  ['no queues', 'queues: []', test],
] as const) {
  behaves(`a file that asks for ${what} is refused`, (t) =>
    refused(t, ['run', 'a.yaml', '--print-config'], /a\.yaml:1: /, {
      cwd: folderWith(t, { 'a.yaml': `${text}\nscenarios:\n  a: {}\n` }),
    }),
  )
}

test('a file without scenarios is told what it lacks', (t) =>
  refused(t, ['run', 'a.yaml'], /a\.yaml: scenarios is missing/, {
    cwd: folderWith(t, { 'a.yaml': 'name: a\n' }),
  }))

test('a module that throws several lines still gives one', (t) =>
  refused(t, ['run', 'a.mjs'], /a\.mjs: can't be read: not today/, {
    cwd: folderWith(t, { 'a.mjs': 'throw new Error("not today\\nnor tomorrow")' }),
  }))

test('a file that is missing is refused, by the name given', async (t) => {
  for (const name of ['nowhere.yaml', './nowhere', 'nowhere.mjs']) {
    await refused(t, ['run', name], /nowhere[a-z.]*: can't be read: /)
  }
})

test('a folder is no scenario file', (t) => refused(t, ['run', './'], /\.\/: can't be read: EISDIR/))

const TYPESCRIPT = 'const queueCap: number = 8\nexport default { scenarios: { typed: { queueCap } } }\n'

test('TypeScript is read where Node reads it, and refused with a cure where it does not', async (t) => {
  const cwd = folderWith(t, { 'a.ts': TYPESCRIPT })
  const { code, stdout, stderr } = await spsc(['run', 'a.ts', '--print-config'], { cwd })
  const { typescript = false } = process.features as { typescript?: string | false }
  if (typescript !== false) return t.regex(stdout, /typed:/)
  t.is(code, 2)
  t.regex(
    stderr,
    /^\[spsc\] \[scenario file\] a\.ts: can't be read: .*; this Node \(v.*\) reads no TypeScript, use 22\.18 or newer, or write it as YAML, JSON or \.mjs\n$/,
  )
})

const SAME = {
  name: 'same',
  defaults: { prodIntervalUs: 500 },
  scenarios: { one: { queueCap: 8 }, two: { wait: 'spin' } },
}

test('one experiment says the same in YAML, JSON and a module', async (t) => {
  const cwd = folderWith(t, {
    'a.json': JSON.stringify(SAME),
    'a.yaml': 'name: same\ndefaults: {prodIntervalUs: 500}\nscenarios:\n  one: {queueCap: 8}\n  two: {wait: spin}\n',
    'a.mjs': `export default ${JSON.stringify(SAME)}`,
  })
  const [json, yaml, mjs] = await Promise.all(
    ['a.json', 'a.yaml', 'a.mjs'].map(async (name) => {
      const { stdout, code } = await spsc(['run', name, '--print-config'], { cwd })
      t.is(code, 0)
      return stdout.replaceAll(name, 'FILE')
    }),
  )
  t.regex(json ?? '', /prodIntervalUs: 500 +# FILE/)
  t.is(yaml, json)
  t.is(mjs, json)
})

test('a file is measured: its scenarios, its queues, its replicates, under its name', async (t) => {
  const cwd = folderWith(t, {
    'a.yaml': 'name: mine\nqueues: [sab, sab-mutex]\nreplicates: 2\nscenarios:\n  small: {queueCap: 8}\n',
  })
  await run(t, ['a.yaml', '--quiet'], { cwd })
  const records = storedRecords(cwd, 'mine')
  t.deepEqual(records.map(({ queue, replicate }) => `${queue} ${replicate}`).sort(), [
    'sab 1',
    'sab 2',
    'sab-mutex 1',
    'sab-mutex 2',
  ])
  for (const { scenario, config, status } of records)
    t.like({ scenario, config, status }, { scenario: 'small', config: { queueCap: 8 }, status: 'ok' })
})

test('a file without a name gives its own to the run', async (t) => {
  const cwd = folderWith(t, { 'sizes.yaml': 'scenarios:\n  small: {queueCap: 8}\n' })
  await run(t, ['sizes.yaml', '--quiet'], { cwd })
  t.true(filesOf(cwd).includes('sizes_results.ndjson'))
})

test('a list of values unfolds into one scenario per value', async (t) => {
  const cwd = folderWith(t, { 'a.yaml': 'scenarios:\n  sizes: {queueCap: [8, 64], wait: spin}\n' })
  await run(t, ['a.yaml', '--quiet'], { cwd })
  const cells = storedRecords(cwd, 'a').sort((a, b) => a.cell - b.cell)
  t.deepEqual(
    cells.map(({ scenario, config }) => [scenario, config.queueCap]),
    [
      ['sizes queue-cap=8', 8],
      ['sizes queue-cap=64', 64],
    ],
  )
})

test('a file and a scenario can be measured together', async (t) => {
  const cwd = folderWith(t, { 'a.yaml': 'scenarios:\n  mine: {queueCap: 8}\n' })
  await run(t, ['a.yaml', 'baseline', '--quiet'], { cwd })
  t.deepEqual(
    storedRecords(cwd, 'a-baseline')
      .map(({ scenario }) => scenario)
      .sort(),
    ['baseline', 'mine'],
  )
})

test('a scenario’s name can do nothing to a spreadsheet or a terminal', async (t) => {
  const cwd = folderWith(t, { 'a.yaml': 'scenarios:\n  "=CMD()": {}\n  "\\e[31mred": {}\n' })
  const { stdout, stderr } = await run(t, ['a.yaml'], { cwd })
  t.false(stdout.includes('\u001B'))
  t.false(stderr.includes('\u001B'))
  const { stdout: csv } = await execute('cat', [join('result_data', 'a_metrics.csv')], { cwd })
  t.regex(csv, /^'=CMD\(\),/m)
  t.notRegex(csv, /^=CMD/m)
})

test('nor can the name of a scenario that fails', async (t) => {
  const cwd = folderWith(t, { 'a.yaml': 'scenarios:\n  "\\e[31mred": {}\n', 'broken.mjs': 'export default {}' })
  const { code, stderr } = await spsc(['run', 'a.yaml', ...BRIEF, '--queue', './broken.mjs'], { cwd })
  t.is(code, 3)
  t.false(stderr.includes('\u001B'))
})

test('the published schema knows the settings the command knows', async (t) => {
  const schema = new URL(import.meta.resolve('@spsc/core/scenario-file.schema.json'))
  const { default: parsed } = await import(schema.href, { with: { type: 'json' } })
  t.deepEqual(Object.keys(parsed.properties).sort(), [
    '$schema',
    'defaults',
    'description',
    'name',
    'queues',
    'replicates',
    'scenarios',
  ])
  const cwd = folder(t)
  const { stdout } = await spsc(['run', '--print-config'], { cwd })
  for (const key of Object.keys(parsed.properties.defaults.properties)) {
    if (key !== 'description') t.true(stdout.includes(`    ${key}: `), key)
  }
})

test('a key that is no text is told as unknown, in one line', (t) =>
  refused(t, ['run', 'a.yaml'], /a\.yaml:?\d?: key "\[ 8, 64 \]" is unknown/, {
    cwd: folderWith(t, { 'a.yaml': 'scenarios:\n  a: {}\n? [8, 64]\n: b\n' }),
  }))
