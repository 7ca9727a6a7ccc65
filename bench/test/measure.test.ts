import test from 'ava'
import { measure } from '../js/measure.js'
import { Hung } from '../js/sample.js'

/** A row whose samples `sample` gives. */
const row = (sample: () => Promise<unknown>) => ({
  workload: { figure: { of: () => 1 } },
  entrant: { sample },
  missing: undefined as string | undefined,
  samples: [] as unknown[],
})

const options = { rounds: 3, draw: () => 0.5 }

test('a row that hangs is left out with the reason, and the others go on', async (t) => {
  let calls = 0
  const well = row(async () => ({}))
  const hangs = row(async () => {
    if (++calls < 3) return {}
    throw new Error('the row', { cause: new Hung('no result in 60 s') })
  })
  await measure([well, hangs], options)
  t.is(well.samples.length, 3)
  t.deepEqual([hangs.samples.length, hangs.missing], [0, 'the row, in round 2'])
  t.is(calls, 3)
})

test('any other failure ends the run', async (t) => {
  const wrong = row(async () => {
    throw new Error('checksum 1, not 2')
  })
  await t.throwsAsync(measure([wrong], options), { message: /checksum/ })
})
