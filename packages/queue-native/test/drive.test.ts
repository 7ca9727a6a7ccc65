import { readFileSync } from 'node:fs'
import {
  ABSENT,
  ABSENT_TIME,
  type Collector,
  createTrace,
  type Pipeline,
  parseScenario,
  planTrace,
  type ScenarioInput,
  type Trace,
  traceLength,
} from '@spsc/core'
import { allowedCpus, runReplicate } from '@spsc/core/driver'
import native, { mutex } from '@spsc/queue-native'
import sab, { sabMutex } from '@spsc/queue-sab'
import { testNative as test } from './available.js'

/** Lends the trace to a test while it may be read. */
function reading<Result>(read: (trace: Trace) => Result): Collector<Result> {
  let trace: Trace | undefined
  return {
    name: 'reading',
    start(run) {
      trace = run.trace
    },
    stop: () => read(trace as Trace),
  }
}

function measure(backend: typeof native, settings: ScenarioInput, collectors: Collector[] = [], seed = 1) {
  const scenario = parseScenario('test', { duration: 0.1, warmup: 0.02, ...settings })
  return runReplicate({ backend, scenario, collectors, seed }, { signal: AbortSignal.timeout(30_000) })
}

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
        waited: rows.every((row) => [0, 1].includes(trace.consumerWaited[row] as number)),
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

  for (const itemBytes of [64, 1024]) {
    test(`${backend.name} moves items of ${itemBytes} bytes whole and in order, however full and however it waits`, async (t) => {
      t.timeout(120_000)
      for (const queueCap of [1, 8, 64]) {
        for (const onFull of ['drop', 'block'] as const) {
          for (const wait of ['spin', 'yield', 'block'] as const) {
            const settings = { itemBytes, queueCap, onFull, wait, prodIntervalUs: 0, duration: 0.02, warmup: 0 }
            // The driver throws where an item was torn or came out of order.
            const { phases } = await measure(backend, settings)
            for (const { name, offered, delivered, dropped } of phases) {
              const what = `capacity ${queueCap}, ${onFull}, ${wait}, ${name}`
              t.true(delivered > 0, what)
              t.is(offered, delivered + dropped, what)
              if (onFull === 'block') t.is(dropped, 0, what)
            }
          }
        }
      }
    })
  }

  test(`${backend.name} holds as many large items as the capacity says, also where that is no power of two`, async (t) => {
    // The consumer is busy with its first item, if it came to that, until after the last offer.
    for (const queueCap of [3, 5, 12]) {
      const settings = { itemBytes: 24, queueCap, workBytes: 2 ** 25, prodIntervalUs: 0 } as const
      const { offered, delivered } = await measure(backend, { ...settings, duration: 0.01, warmup: 0 })
      t.true(offered > queueCap + 1, `${offered} offered`)
      t.true(delivered === queueCap || delivered === queueCap + 1, `${delivered} delivered at capacity ${queueCap}`)
    }
  })

  test(`${backend.name} stamps large items as it does words`, async (t) => {
    const collector = reading((trace) => {
      const rows = Array.from({ length: traceLength(trace) }, (_, row) => row)
      return {
        rows: rows.length,
        ordered: rows.every((row) => {
          const [sent, popped, done] = [trace.sent[row], trace.popped[row], trace.done[row]] as [bigint, bigint, bigint]
          return sent !== ABSENT_TIME && sent <= popped && popped <= done
        }),
      }
    })
    const settings = { itemBytes: 65_536, pacing: 'deadline', onFull: 'block' } as const
    const { offered, delivered, collectors } = await measure(backend, settings, [collector])
    t.is(delivered, offered)
    t.deepEqual(collectors.reading, { rows: offered, ordered: true })
  })

  test(`${backend.name} says which two settings are too much together, before anything runs`, async (t) => {
    await t.throwsAsync(measure(backend, { queueCap: 2 ** 24, itemBytes: 65_536 }), {
      code: 'ERR_CAPABILITY',
      message:
        '[spsc] [queue-native] queueCap 16777216 of itemBytes 65536 takes 1048576 MiB; allowed: 2048 MiB of items in one queue; lower queueCap or itemBytes',
    })
  })

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

test('queues of JavaScript refuse items larger than a word, and take words', async (t) => {
  for (const backend of [sab, sabMutex]) {
    await t.throwsAsync(measure(backend, { itemBytes: 16 }), {
      code: 'ERR_CAPABILITY',
      message: new RegExp(`itemBytes is 16, but queue ${backend.name} carries .*; allowed: 8; .*--queue native`),
    })
    t.true((await measure(backend, { itemBytes: 8 })).delivered > 0)
  }
})

test('a mutex queue sleeps in the kernel only where it is to block', async (t) => {
  // CPU time of the consumer's thread, in a phase in which no item comes.
  const cpuMs = async (wait: 'spin' | 'block') => {
    const scenario = parseScenario('test', { prodIntervalUs: 60_000_000, wait })
    const trace = createTrace(64)
    planTrace(trace, 1, Math.random)
    const signal = new AbortController().signal
    const pipeline = (await mutex.drive?.({ scenario, trace, seed: 1, placement: {}, signal })) as Pipeline
    // The 14th and 15th fields: user and system time in hundredths of a second.
    const read = () => {
      const stat = readFileSync(`/proc/self/task/${pipeline.consumer.tid}/stat`, 'utf8')
      const [user, system] = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .slice(11, 13)
      return 10 * (Number(user) + Number(system))
    }
    const phase = { name: 'paced', durationNs: 400e6, intervalNs: 60e9, settleNs: 0, stamped: true } as const
    await pipeline.run(phase)
    const spent = read()
    await pipeline.stop()
    return spent
  }
  const [spinning, blocking] = [await cpuMs('spin'), await cpuMs('block')]
  t.true(spinning > blocking + 50, `${spinning} ms spinning, ${blocking} ms blocking`)
})

test('the figures of all backends are of one kind', async (t) => {
  const records = []
  for (const backend of [sab, native, mutex])
    records.push(await measure(backend, { arrival: 'poisson', pacing: 'deadline' }))
  const shape = (value: object) => Object.keys(value).sort()
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
