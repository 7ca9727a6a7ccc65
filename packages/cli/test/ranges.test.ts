import test from 'ava'
import { parse } from 'yaml'
import { folder, folderWith, refused, spsc } from './spsc.js'

/** The values of a setting as a command line spells them. */
async function valuesOf(cwd: string, setting: string, args: readonly string[]): Promise<unknown> {
  const { stdout, stderr } = await spsc(['run', '--print-config', ...args], { cwd })
  const scenarios = (parse(stdout) as { scenarios?: Record<string, Record<string, unknown>> } | null)?.scenarios
  return scenarios === undefined ? stderr : Object.values(scenarios)[0]?.[setting]
}

const RANGES: readonly (readonly [option: string, given: string, setting: string, values: readonly unknown[]])[] = [
  ['queue-cap', '8..64*2', 'queueCap', [8, 16, 32, 64]],
  ['queue-cap', '8..100*2', 'queueCap', [8, 16, 32, 64]],
  ['queue-cap', '1,2,8..32*2', 'queueCap', [1, 2, 8, 16, 32]],
  ['queue-cap', '3..6', 'queueCap', [3, 4, 5, 6]],
  ['queue-cap', '7..7', 'queueCap', [7]],
  ['prod-interval-us', '0..1000+250', 'prodIntervalUs', [0, 250, 500, 750, 1000]],
  ['prod-interval-us', '0.1..0.5+0.1', 'prodIntervalUs', [0.1, 0.2, 0.3, 0.4, 0.5]],
  ['prod-interval-us', '100..225*1.5', 'prodIntervalUs', [100, 150, 225]],
  ['duration', '100ms..10s*10', 'duration', [0.1, 1, 10]],
  ['duration', '1s..2s+500ms', 'duration', [1, 1.5, 2]],
  ['item-bytes', '8..32+8', 'itemBytes', [8, 16, 24, 32]],
  ['rate', '1000..4000*2', 'prodIntervalUs', [1000, 500, 250]],
]
for (const [option, given, setting, values] of RANGES) {
  test(`--${option} ${given} is ${values.join(', ')}${option === 'rate' ? ' µs' : ''}`, async (t) => {
    const expected = values.length === 1 ? values[0] : values
    t.deepEqual(await valuesOf(folder(t), setting, [`--${option}`, given]), expected)
  })
}

test('a scenario file takes ranges too, alone and in lists', async (t) => {
  const cwd = folderWith(t, {
    'a.yaml': 'defaults: {duration: 1s..3s+1s}\nscenarios:\n  a: {queueCap: [1, 8..32*2]}\n',
  })
  t.deepEqual(await valuesOf(cwd, 'queueCap', ['a.yaml']), [1, 8, 16, 32])
  t.deepEqual(await valuesOf(cwd, 'duration', ['a.yaml']), [1, 2, 3])
})

const WRONG: readonly (readonly [given: string, message: RegExp])[] = [
  ['--queue-cap=8..', /--queue-cap is "8\.\.": it is no range; allowed: FIRST\.\.LAST\*FACTOR or FIRST\.\.LAST\+STEP/],
  ['--queue-cap=..8', /--queue-cap is ""; allowed: an integer/],
  ['--queue-cap=9..8', /its first value is above its last/],
  ['--queue-cap=1..65', /without a step, a range is of at most 64 integers; allowed: FIRST/],
  ['--queue-cap=1..64*1', /its factor is not above 1/],
  ['--queue-cap=1..64*x', /its factor is not above 1/],
  ['--queue-cap=1..64+0', /--queue-cap is "0"; allowed: an integer from 1/],
  ['--queue-cap=0..64*2', /--queue-cap is "0"; allowed: an integer from 1/],
  ['--queue-cap=8..100*1.5', /a value of --queue-cap 8\.\.100\*1\.5 is "40\.5"; allowed: an integer from 1/],
  ['--queue-cap=1..20000+1', /it has more than 10000 values; allowed: a longer step/],
  ['--work-bytes=0..64*2', /no factor leads away from 0; allowed: as in 0,1\.\.1000\*10/],
  ['--work-bytes=0..64+0', /its step is not above 0/],
  ['--prod-interval-us=0.5..2', /without a step, a range is of at most 64 integers/],
  ['--wait=spin..block', /--wait is "spin\.\.block": its ends are no numbers/],
]
for (const [given, message] of WRONG) {
  test(`${given} is refused`, (t) => refused(t, ['run', given], message))
}

test('a range in a file that is wrong is named with its line', (t) => {
  const cwd = folderWith(t, { 'a.yaml': 'scenarios:\n  a:\n    queueCap: 8..4\n' })
  return refused(
    t,
    ['run', 'a.yaml'],
    /a\.yaml:3: scenarios\.a\.queueCap is "8\.\.4": its first value is above its last/,
    { cwd },
  )
})

test('a product of ranges beyond 10000 cells is refused', (t) =>
  refused(
    t,
    ['run', '--queue-cap', '1..5000+1', '--work-bytes', '1..3'],
    /unfold into 15000 cells; allowed: at most 10000/,
  ))
