import test from 'ava'
import { parse } from 'yaml'
import { folder, run, spsc, storedRecords } from './spsc.js'

interface Config {
  readonly replicates: number
  readonly scenarios: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

async function config(t: Parameters<typeof folder>[0], ...args: string[]): Promise<Config> {
  const { code, stdout, stderr } = await spsc(['run', '--print-config', ...args], { cwd: folder(t) })
  t.is(code, 0, stderr)
  return parse(stdout)
}

test('t001 is 5 replicates of each end pinned, at two capacities, paced and flat out', async (t) => {
  const { replicates, scenarios } = await config(t, 't001')
  t.is(replicates, 5)
  t.deepEqual(
    Object.entries(scenarios).map(([name, { pinProducer, pinConsumer }]) => [name, pinProducer, pinConsumer]),
    [
      ['baseline', 'none', 'none'],
      ['affinity', 'none', 'last'],
      ['affinity-producer', 'first', 'none'],
      ['affinity-both', 'first', 'last'],
    ],
  )
  for (const settings of Object.values(scenarios)) {
    t.like(settings, { prodIntervalUs: [1000, 0], queueCap: [64, 8], onFull: 'drop' })
  }
})

test('t002 is work of 0 to 64 KiB, pinned and not', async (t) => {
  const { scenarios } = await config(t, 't002')
  t.deepEqual(Object.keys(scenarios), ['baseline', 'affinity', 'affinity-both'])
  for (const { workBytes, prodIntervalUs } of Object.values(scenarios)) {
    t.deepEqual(workBytes, [0, 256, 4096, 16_384, 65_536])
    t.is(prodIntervalUs, 1000)
  }
})

test('a suite is where the configuration says that its settings come from', async (t) => {
  const { stdout } = await spsc(['run', '--print-config', 't001'], { cwd: folder(t) })
  t.regex(stdout, /queueCap: \[ 64, 8 \] +# suite t001$/m)
  t.regex(stdout, /pinConsumer: last +# scenario affinity$/m)
})

test('flags go over what a suite brings: settings, replicates, collectors', async (t) => {
  const { replicates, scenarios } = await config(t, 't001', '--replicates', '2', '--queue-cap', '16')
  t.is(replicates, 2)
  for (const { queueCap } of Object.values(scenarios)) t.is(queueCap, 16)

  const cwd = folder(t)
  const few = ['--queue-cap', '8', '--prod-interval-us', '1000', '--replicates', '1', '--quiet']
  await run(t, ['t001', ...few], { cwd })
  await run(t, ['t001', ...few, '--collect', 'histogram', '--name', 'other'], { cwd })
  const collectorsOf = (name: string) =>
    storedRecords(cwd, name).map(({ scenario, ...record }) => [
      scenario,
      'collectors' in record && Object.keys(record.collectors),
    ])
  const cells = (collectors: readonly string[]) =>
    ['affinity', 'affinity-both', 'affinity-producer', 'baseline'].map((scenario) => [scenario, collectors])
  t.deepEqual(collectorsOf('t001').sort(), cells(['histogram', 'perf-stat']))
  t.deepEqual(collectorsOf('other').sort(), cells(['histogram']))
})
