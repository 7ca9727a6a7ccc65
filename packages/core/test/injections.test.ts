import { INJECTORS, type InjectionName, injectionsOf, loadBackend, parseScenario, type QueueBackend } from '@spsc/core'
import test from 'ava'
import { LAMPORT } from './fixtures.js'
import { measure, trace } from './measure.js'

const lamport = () => loadBackend({ module: LAMPORT })

const injected = (inject: string) =>
  injectionsOf(parseScenario('t', { inject })).map(({ name: _, text: __, ...rest }) => rest)

const MEANS: readonly (readonly [inject: string, effect: object])[] = [
  ['consumer-stall=20ms/1s', { fault: { at: 'service', how: 'spin', ns: 2e7, everyNs: 1e9 } }],
  ['consumer-stall=0.5ms/100ms:sleep', { fault: { at: 'service', how: 'sleep', ns: 5e5, everyNs: 1e8 } }],
  ['slow-service=300us', { fault: { at: 'service', how: 'spin', ns: 3e5, everyNs: 1 } }],
  ['producer-stall=1ms/2s:sleep', { fault: { at: 'producer', how: 'sleep', ns: 1e6, everyNs: 2e9 } }],
  ['late-pacer=500us', { fault: { at: 'pacer', how: 'sleep', ns: 5e5, everyNs: 1 } }],
  ['late-pacer=20ms/1s:spin', { fault: { at: 'pacer', how: 'spin', ns: 2e7, everyNs: 1e9 } }],
  ['timer-slack=500us', { settings: { timerSlack: 5e5 } }],
  ['small-cap=4', { settings: { queueCap: 4 } }],
  ['co-pin=last', { settings: { pinProducer: 'last', pinConsumer: 'last' } }],
  ['gc-storm=16KiB', { garbageBytes: 16_384 }],
  ['hog=cpu1', { disturbance: { kind: 'hog', cpu: 1, count: 1 } }],
  ['hog=first:4', { disturbance: { kind: 'hog', cpu: 'first', count: 4 } }],
  ['freeze=20ms/1s', { disturbance: { kind: 'freeze', ns: 2e7, everyNs: 1e9 } }],
  ['cpu-quota=20%', { disturbance: { kind: 'cpu-quota', share: 0.2, periodUs: 100_000 } }],
  ['cpu-quota=50%/10ms', { disturbance: { kind: 'cpu-quota', share: 0.5, periodUs: 10_000 } }],
]

test('every injector is read, and several of them together', (t) => {
  t.deepEqual([...new Set(MEANS.map(([inject]) => inject.split('=')[0]))].sort(), Object.keys(INJECTORS).sort())
  for (const [inject, effect] of MEANS) t.deepEqual(injected(inject), [effect] as never, inject)
  t.is(
    injected(
      MEANS.slice(0, 4)
        .map(([inject]) => inject)
        .join('+'),
    ).length,
    4,
  )
  t.deepEqual(injected('none'), [])
})

const REFUSED: Readonly<Record<InjectionName, readonly string[]>> = {
  'consumer-stall': ['', '20ms', '20/1', '20ms/', '2s/1s', '1s/1s', '20ms/1s:nap', '0ms/1s', '20ms/11s', '-1ms/1s'],
  'slow-service': ['', '20ms/1s', '1h', '0us', '300'],
  'producer-stall': ['20ms', '20ms/1s/1s', '20ms/1s:spin:spin'],
  'late-pacer': ['', '1', 'late', '20ms/10ms'],
  'timer-slack': ['', '2s', '0ns', '500', 'default'],
  'small-cap': ['', '0', '1.5', '-1', '16777217', '8x'],
  'co-pin': ['', 'none', '-1', '4096', 'cpu', '0,1'],
  'gc-storm': ['', '1', '2MiB', '1GB', '-64'],
  hog: ['', 'none', 'cpu1:0', 'cpu1:65', 'cpu1:x', 'cpu1:1:1', 'any'],
  freeze: ['', '20ms', '1s/20ms', '20ms/1s/1s', '20ms/1s:sleep'],
  'cpu-quota': ['', '20', '0%', '0.5%', '50%/100us', '50%/2s', '50%/1.5us', '-1%'],
}

for (const [name, doses] of Object.entries(REFUSED)) {
  test(`${name} refuses other doses and says how it is written`, (t) => {
    const { form, description } = INJECTORS[name as InjectionName]
    for (const dose of doses) {
      const error = t.throws(() => parseScenario('t', { inject: `${name}=${dose}` }), { code: 'ERR_OPTION' })
      t.true(error?.message.endsWith(`allowed: ${form}: ${description}`), error?.message)
    }
  })
}

test('what can be there once only is refused twice', (t) => {
  t.throws(() => parseScenario('t', { inject: 'small-cap=2+small-cap=4' }), { message: /allowed: small-cap once$/ })
  t.is(injected('hog=cpu0+hog=cpu1:2').length, 2)
})

test('faults that are a matter of settings are in the settings of the scenario', (t) => {
  const scenario = parseScenario('t', { inject: 'small-cap=2+timer-slack=1ms+co-pin=0', queueCap: 64, pinConsumer: 1 })
  t.like(scenario, { queueCap: 2, timerSlack: 1e6, pinProducer: 0, pinConsumer: 0 })
  const { name, ...settings } = scenario
  t.deepEqual(parseScenario(name, settings), scenario)
})

test('a fault of the pace is refused at interval 0 before anything is measured', (t) => {
  for (const inject of ['producer-stall=1ms/1s', 'late-pacer=1ms']) {
    t.throws(() => parseScenario('t', { inject, prodIntervalUs: 0 }), {
      code: 'ERR_OPTION',
      message: /at prodIntervalUs 0/,
    })
  }
  t.notThrows(() => parseScenario('t', { inject: 'consumer-stall=1ms/1s+hog=cpu0', prodIntervalUs: 0 }))
})

test.serial("a scenario's fault is put into the pipeline, and its record says so", async (t) => {
  const { measured, rows } = await trace(await lamport(), { inject: 'consumer-stall=8ms/40ms', pacing: 'deadline' })
  t.true(rows.filter(({ popped, done }) => done - popped >= 8e6).length >= 2)
  t.true(measured.warnings.includes('faults were put in: consumer-stall=8ms/40ms'))
})

test.serial('a storm of garbage makes the consumer collect, and is refused where no JavaScript runs', async (t) => {
  const { phases } = await measure(await lamport(), { inject: 'gc-storm=64KiB', prodIntervalUs: 500 })
  const gc = phases[0]?.javascript?.consumer.gc
  t.true(gc !== undefined && 'count' in gc && gc.count > 0, JSON.stringify(gc))
  const driven: QueueBackend = { ...(await lamport()), drive: () => Promise.reject(new Error('it was driven')) }
  await t.throwsAsync(measure(driven, { inject: 'gc-storm=1KiB' }), { code: 'ERR_CAPABILITY', message: /--queue sab/ })
})
