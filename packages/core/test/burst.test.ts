import { loadBackend, parseScenario } from '@spsc/core'
import test from 'ava'
import { LAMPORT, MESSAGEPORT } from './fixtures.js'
import { trace } from './measure.js'
import type { Row } from './rows.js'

const lamport = await loadBackend({ module: LAMPORT })
const messagePort = await loadBackend({ module: MESSAGEPORT })

/** How many items in a row are due at the same moment. */
function burstsOf(rows: readonly Row[]): number[] {
  const starts = rows.flatMap(({ due }, i) => (due === rows[i - 1]?.due ? [] : [i]))
  return starts.map((start, i) => (starts[i + 1] ?? rows.length) - start)
}

const duesOf = (rows: readonly Row[]) => [...new Set(rows.map(({ due }) => Number(due)))]
const gapsOf = (values: readonly number[]) => values.slice(1).map((value, i) => value - (values[i] as number))

for (const pacing of ['sleep', 'deadline', 'spin'] as const) {
  test.serial(`pacing by ${pacing}, a burst is due at one moment, and the gap after it keeps the rate`, async (t) => {
    const settings = { prodIntervalUs: 500, burst: 5, pacing, queueCap: 64, onFull: 'block' } as const
    const { measured, rows } = await trace(lamport, settings)
    t.is(rows.length, measured.offered)
    const bursts = burstsOf(rows)
    t.true(bursts.length > 1)
    // The last may be cut by the end of the phase.
    for (const size of bursts.slice(0, -1)) t.is(size, 5)
    for (const gap of gapsOf(duesOf(rows))) {
      if (pacing === 'sleep') t.true(gap >= 2_500_000 - 8)
      else t.true(Math.abs(gap - 2_500_000) <= 8, `${gap}`)
    }
    for (const { due, sent } of rows) t.true(due <= sent)
    if (pacing !== 'sleep') t.is(measured.phases[0]?.scheduled, 400)
  })
}

test.serial('Poisson bursts are due at one moment each, with gaps of a mean as many times as long', async (t) => {
  const settings = { arrival: 'poisson', burst: 4, prodIntervalUs: 50, pacing: 'spin', queueCap: 4096 } as const
  const { measured, rows } = await trace(lamport, settings, { seed: 7 })
  for (const size of burstsOf(rows).slice(0, -1)) t.is(size, 4)
  // The schedule follows from the seed, not from the machine: 1000 bursts are expected, and more than 5 σ off is a fault.
  t.true(Math.abs(Number(measured.phases[0]?.scheduled) - 4000) < 5 * 4 * Math.sqrt(1000))
})

test.serial('a burst larger than the queue is dropped in part, and counted', async (t) => {
  const settings = { prodIntervalUs: 500, burst: 50, queueCap: 1, pacing: 'deadline', workBytes: 10_000 } as const
  const { measured } = await trace(lamport, settings)
  t.true(measured.dropped > 0)
  t.is(measured.offered, measured.delivered + measured.dropped)
})

test.serial('bursts come where an end waits on its event loop too', async (t) => {
  const settings = { prodIntervalUs: 500, burst: 5, pacing: 'deadline', onFull: 'block', queueCap: 4 } as const
  const { measured, rows } = await trace(messagePort, settings)
  t.is(measured.offered, measured.delivered)
  t.true(rows.length > 5)
  for (const size of burstsOf(rows).slice(0, -1)) t.is(size, 5)
})

test('a burst is refused at interval 0, where nothing is due', (t) => {
  t.throws(() => parseScenario('mine', { burst: 2, prodIntervalUs: 0 }), { code: 'ERR_OPTION', message: /burst is 2/ })
  t.is(parseScenario('mine', { prodIntervalUs: 0 }).burst, 1)
})
