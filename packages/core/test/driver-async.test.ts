import { ABSENT_TIME, loadBackend } from '@spsc/core'
import test from 'ava'
import { fixture, MESSAGEPORT } from './fixtures.js'
import { measure, trace } from './measure.js'

const asyncOnly = await loadBackend({ module: fixture('async-queue.js') })
const messageport = await loadBackend({ module: MESSAGEPORT })

for (const backend of [asyncOnly, messageport]) {
  for (const prodIntervalUs of [0, 500]) {
    for (const onFull of ['drop', 'block'] as const) {
      const settings = { prodIntervalUs, onFull, queueCap: 2, duration: 0.1, warmup: 0.02 }
      test.serial(`${backend.name} is waited for on the event loop (${JSON.stringify(settings)})`, async (t) => {
        const { measured, rows } = await trace(backend, settings)
        t.true(measured.delivered > 0)
        t.is(measured.offered, measured.delivered + measured.dropped)
        if (onFull === 'block') t.is(measured.dropped, 0)
        t.deepEqual(
          measured.warnings.filter((warning) => warning.includes('polls')),
          [],
        )
        const delivered = rows.filter((row) => row.popped !== ABSENT_TIME)
        for (const { due, sent, pushed, popped, done } of delivered) {
          t.true(sent <= pushed && sent <= popped && popped <= done, `${[sent, pushed, popped, done]}`)
          t.true(prodIntervalUs === 0 ? due === ABSENT_TIME : due <= sent)
        }
        // At interval 0 few items are sampled, and those may all be dropped.
        if (prodIntervalUs > 0) t.true(delivered.some((row) => row.consumerWaited === 1))
      })
    }
  }
}

test.serial(
  'a queue that waits on an event loop is polled as any other where the scenario says spin or yield',
  async (t) => {
    for (const wait of ['spin', 'yield'] as const) {
      const { offered, delivered } = await measure(asyncOnly, {
        wait,
        prodIntervalUs: 0,
        onFull: 'block',
        duration: 0.05,
      })
      t.true(delivered > 0)
      t.is(offered, delivered)
    }
  },
)

test.serial('a producer that waits for room on its event loop says that it missed its rate', async (t) => {
  const measured = await measure(messageport, {
    prodIntervalUs: 100,
    queueCap: 2,
    workBytes: 1_000_000,
    onFull: 'block',
    pacing: 'deadline',
  })
  t.is(measured.offered, measured.delivered)
  t.is(measured.phases[0]?.scheduled, 2000)
  t.regex(String(measured.invalid), /^\d+ % of the scheduled items were offered: /)
})
