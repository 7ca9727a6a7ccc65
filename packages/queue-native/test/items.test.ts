// Items larger than a word. One test after another: each loads the machine.
import { ABSENT_TIME, traceLength } from '@spsc/core'
import native, { mutex } from '@spsc/queue-native'
import sab, { sabMutex } from '@spsc/queue-sab'
import { testNativeSerially as test } from './available.js'
import { measure, reading } from './measure.js'

for (const backend of [native, mutex]) {
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
    for (const queueCap of [3, 5]) {
      const settings = { itemBytes: 24, queueCap, workBytes: 2 ** 27, prodIntervalUs: 0 } as const
      const { offered, delivered } = await measure(backend, { ...settings, duration: 0.01, warmup: 0 })
      const what = `${delivered} of ${offered} delivered at capacity ${queueCap}`
      t.true(delivered >= Math.min(offered, queueCap) && delivered <= queueCap + 1, what)
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
