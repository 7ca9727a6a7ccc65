import test from 'ava'
import { loadPeer, loadPeers, rowsOf, WORKLOADS } from '../js/catalogue.js'
import { measure } from '../js/measure.js'
import { label, sample } from '../js/sample.js'

// Few items, nothing pinned: these tests say that the bench checks what it moves, not how fast anything is.
const OPTIONS = { cpus: [], items: 40, capacity: 1024, pingPongs: 10 }

const peers = await loadPeers()
// Workloads of one family differ in a size only.
const workloads = WORKLOADS.filter(({ family }, at) => WORKLOADS.findIndex((other) => other.family === family) === at)
const rows = (await Promise.all(workloads.map((workload) => rowsOf(workload, peers, OPTIONS)))).flat()
const faulty = await loadPeer(new URL('./fixtures/faulty.js', import.meta.url))
const singles = WORKLOADS.find(({ name }) => name === 'singles')
for (const row of rows.filter(({ missing }) => missing === undefined)) {
  test.serial(`${row.workload.name}: ${label(row)} moves every item`, async (t) => {
    const { items, ns } = await sample(row, OPTIONS)
    t.is(items, 40)
    t.true(ns > 0)
  })
}

test('a row that can not run here says why', (t) => {
  const shared = rows.find(({ peer }) => peer.name === '@nxtedition/shared')
  t.regex(shared.missing, /^(not installable here: |installed, but )/)
})

for (const [configuration, message] of [
  ['one item lost', /singles, faulty, one item lost: .*got 2, expected 1/],
  ['one item repeated', /got 0, expected 1/],
  ['a wrong checksum', /checksum 1, not 780/],
  ['no checksum', /no end gave a sum/],
  ['an end that crashes', /the consumer can not start/],
] as const) {
  test.serial(`a sample fails with ${configuration}`, async (t) => {
    const rows = await rowsOf(singles, [faulty], OPTIONS)
    await t.throwsAsync(
      sample(
        rows.find((row) => row.configuration === configuration),
        OPTIONS,
      ),
      { message },
    )
  })
}

test('what is unavailable is left out, and the first round is dropped', async (t) => {
  const entrant = { sample: async () => ({ items: 1, ns: 1000, roundTripNs: 1 }) }
  const peer = {
    name: 'two',
    workloads: { singles: { here: entrant, gone: { ...entrant, missing: () => 'not installed' } } },
  }
  const rows = await rowsOf(singles, [peer], OPTIONS)
  await measure(rows, { ...OPTIONS, rounds: 3, draw: Math.random })
  const [here, gone] = rows
  t.deepEqual(
    here.samples.map(({ round, value }: { round: number; value: number }) => [round, value]),
    [
      [1, 1],
      [2, 1],
      [3, 1],
    ],
  )
  t.is(gone.missing, 'not installed')
  t.deepEqual(gone.samples, [])
})

test.serial('a sample without a number of items takes about as long as it is to', async (t) => {
  const row = rows.find(({ peer }) => peer.name === 'ringbuf.js')
  const { items } = await sample(row, { ...OPTIONS, items: undefined, seconds: 0.001 })
  t.true(items >= 1)
})
