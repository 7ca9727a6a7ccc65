import { ABSENT, ABSENT_TIME, parseScenario, traceLength } from '@spsc/core'
import { allowedCpus, runReplicate } from '@spsc/core/driver'
import native, { mutex } from '@spsc/queue-native'
import sab from '@spsc/queue-sab'
import { testNative as test } from './available.js'
import { measure, reading } from './measure.js'

const BACKENDS = [native, mutex]

for (const backend of BACKENDS) {
  test(`${backend.name} stamps every paced item in order, with the CPUs of both ends`, async (t) => {
    const collector = reading((trace) => {
      const rows = Array.from({ length: traceLength(trace) }, (_, row) => row)
      return {
        rows: rows.length,
        ordered: rows.every((row) => {
          const [due, sent, pushed, popped, done] = [trace.due, trace.sent, trace.pushed, trace.popped, trace.done].map(
            (column) => column[row] as bigint,
          ) as [bigint, bigint, bigint, bigint, bigint]
          return due <= sent && sent <= pushed && sent <= popped && popped <= done && due !== ABSENT_TIME
        }),
        cpus: rows.every((row) => trace.producerCpu[row] !== ABSENT && trace.consumerCpu[row] !== ABSENT),
        waited: rows.every((row) => [0, 2, 3].includes(trace.consumerWaited[row] as number)),
      }
    })
    const { offered, delivered, dropped, collectors } = await measure(backend, { pacing: 'deadline' }, [collector])
    t.is(offered, delivered + dropped)
    t.deepEqual(collectors.reading, { rows: offered, ordered: true, cpus: true, waited: true })
  })

  for (const wait of ['spin', 'yield', 'block'] as const) {
    test(`${backend.name} loses nothing when a full queue blocks, waiting by ${wait}`, async (t) => {
      const settings = { prodIntervalUs: 0, queueCap: 4, onFull: 'block', wait, workBytes: 64 } as const
      const { offered, delivered, dropped, phases } = await measure(backend, settings)
      t.true(offered > 0)
      t.deepEqual([delivered, dropped], [offered, 0])
      t.deepEqual(
        phases.map(({ name, stamped }) => [name, stamped]),
        [
          ['throughput', false],
          ['sampled', true],
        ],
      )
    })
  }

  test(`${backend.name} drops what a working consumer leaves no room for, and counts it`, async (t) => {
    const { offered, delivered, dropped } = await measure(backend, {
      prodIntervalUs: 0,
      queueCap: 1,
      workBytes: 65_536,
    })
    t.true(dropped > 0)
    t.is(offered, delivered + dropped)
  })

  test(`${backend.name} pins its threads before the first item`, async (t) => {
    const cpu = allowedCpus().at(-1) as number
    const collector = reading((trace) => {
      const length = traceLength(trace)
      return [...new Set([...trace.producerCpu.subarray(0, length), ...trace.consumerCpu.subarray(0, length)])]
    })
    const { collectors } = await measure(backend, { pinProducer: cpu, pinConsumer: 'last' }, [collector])
    t.deepEqual(collectors.reading, [cpu])
  })

  test(`${backend.name} ends at once when the run is cancelled in a phase`, async (t) => {
    const controller = new AbortController()
    const scenario = parseScenario('test', { duration: 600, warmup: 0, prodIntervalUs: 60_000_000 })
    const run = runReplicate(
      { backend, scenario, collectors: [], seed: 1 },
      {
        signal: controller.signal,
        onStage: (stage) => void (stage === 'paced' && setTimeout(() => controller.abort(), 50)),
      },
    )
    await t.throwsAsync(run, { code: 'ERR_CANCELLED' })
  })
}

test('the figures of all backends are of one kind', async (t) => {
  const records = []
  for (const backend of [sab, native, mutex])
    records.push(await measure(backend, { arrival: 'poisson', pacing: 'deadline' }))
  // On a busy machine a rate is missed, and one of the records says so and why. JavaScript runs in workers only.
  const own = ['invalid', 'rate_cause', 'javascript']
  const shape = (value: object) =>
    Object.keys(value)
      .filter((key) => !own.includes(key))
      .sort()
  for (const record of records) {
    t.deepEqual(shape(record), shape(records[0] as object))
    t.deepEqual(shape(record.phases[0] as object), shape(records[0]?.phases[0] as object))
  }
})

test('the same seed draws the same arrivals in both languages', async (t) => {
  // What is scheduled hangs on the gaps alone.
  const scheduled = async (backend: typeof native) => {
    const { phases } = await measure(backend, { arrival: 'poisson', pacing: 'deadline', prodIntervalUs: 500 }, [], 7)
    return phases[0]?.scheduled
  }
  t.is(await scheduled(native), await scheduled(sab))
})
