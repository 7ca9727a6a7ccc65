import { loadBackend, type QueueBackend } from '@spsc/core'
import { conformance } from '@spsc/core/conformance'
import test from 'ava'
import { fixture, LAMPORT } from './fixtures.js'
import { withoutBlocking } from './without-blocking.js'

const lamport = await loadBackend({ module: LAMPORT })
const broken = (await import(fixture('broken-queues.js'))) as Record<string, QueueBackend>

type Body = (...context: unknown[]) => Promise<void>

/** The suite's cases by title, without the backend's name. */
function casesOf(backend: QueueBackend): Map<string, Body> {
  const cases = new Map<string, Body>()
  conformance((title, body) => {
    if (!title.startsWith(`${backend.name} `)) throw new Error(`${title} does not begin with ${backend.name}`)
    cases.set(title.slice(backend.name.length + 1), body)
  }, backend)
  return cases
}

/** The cases that notice each broken backend: at least these, whatever the others make of it. */
const NOTICED: Record<string, readonly string[]> = {
  losesAnItem: ['is first-in first-out over many laps'],
  duplicates: ['is first-in first-out over many laps', 'moves every item in order between two threads'],
  reorders: ['is first-in first-out over many laps'],
  holdsOneMore: [
    'has the capacity it was asked for, exactly',
    'has room for one more as soon as one item is popped',
    'times out on a full and on an empty queue',
    'moves batches as far as there is room',
  ],
  holdsOneLess: [
    'has the capacity it was asked for, exactly',
    'is first-in first-out over many laps',
    'has room for one more as soon as one item is popped',
    'moves batches as far as there is room',
  ],
  neverFull: [
    'has the capacity it was asked for, exactly',
    'is first-in first-out over many laps',
    'has room for one more as soon as one item is popped',
  ],
  startsWithAnItem: ['starts empty'],
  manglesLargeIntegers: ['carries every integer from 0 to 2^30'],
  letsASecondClaimIn: ['gives each end to one claimant only', 'refuses a second claim from another thread'],
  claimsPerThread: ['refuses a second claim from another thread'],
  forgetsClosed: [
    'drains after close, then ends',
    'tells the producer when the consumer closes',
    'waits on an event loop, and its iteration ends with the stream',
  ],
  closesOneWay: ['tells the producer when the consumer closes'],
  discardsOnClose: ['drains after close, then ends', 'waits on an event loop, and its iteration ends with the stream'],
  pushesAfterClose: ['drains after close, then ends'],
  takesForeignHandles: ['refuses a handle that is not its own'],
  refusesWithoutCode: ['refuses a handle that is not its own'],
  declaresBlock: ['brings the waiting it declares'],
  declaresItemBytes: ['carries larger items where it declares them, and is refused them where not'],
  declaresAsync: ['brings the waiting it declares'],
  popTimesOut: ['times out on a full and on an empty queue', 'wakes a waiting consumer by an item and by close'],
  pushTimesOut: ['times out on a full and on an empty queue', 'wakes a waiting producer by room and by close'],
  countsBatchesWrong: ['moves batches as far as there is room'],
  keepsItemsBack: ['holds nothing back past the end of the turn, nor past flush'],
  stampsBackwards: ['is measured by the laboratory, paced and flat out'],
  popAsyncTimesOut: ['wakes a waiting consumer by an item and by close'],
  pushAsyncTimesOut: ['wakes a waiting producer by room and by close'],
  givesAwayTwice: ['gives an end that must be transferred away once'],
  endsIterationEarly: ['waits on an event loop, and its iteration ends with the stream'],
}

conformance(test, lamport)

test('a test of the suite says that it passed to a runner that counts assertions, and needs no context', async (t) => {
  const body = casesOf(lamport).get('starts empty') as Body
  let passes = 0
  await body({ pass: () => passes++ })
  t.is(passes, 1)
  await t.notThrowsAsync(body())
  await t.notThrowsAsync(body({}))
})

test('a test of the suite counts no parameters, so that no runner waits for a callback', (t) => {
  for (const body of casesOf(lamport).values()) t.is(body.length, 0)
})

test('where a thread may not block, the tests that wait are left out, and their titles say why', (t) => {
  const skip: string[] = []
  const run: string[] = []
  const register = Object.assign((title: string) => run.push(title), { skip: (title: string) => skip.push(title) })
  withoutBlocking(() => conformance(register, lamport))
  t.deepEqual(skip, ['lamport times out on a full and on an empty queue (this thread may not block)'])
  t.is(run.length, casesOf(lamport).size - 1)
})

test('a runner without skip is not told of tests that are left out', (t) => {
  const run: string[] = []
  withoutBlocking(() => conformance((title) => run.push(title), lamport))
  t.is(run.length, casesOf(lamport).size - 1)
})

for (const [name, titles] of Object.entries(NOTICED)) {
  const backend = broken[name] as QueueBackend
  const cases = casesOf(backend)
  for (const title of titles) {
    test(`a queue that ${backend.name} fails: ${title}`, async (t) => {
      const passed = () => t.fail('the suite let it pass')
      await t.throwsAsync((cases.get(title) as Body)({ pass: passed }), { message: /^\[spsc\] \[conformance\] .+/ })
    })
  }
}

test('every broken queue is noticed, and every test of the suite notices one', (t) => {
  t.deepEqual(Object.keys(NOTICED).sort(), Object.keys(broken).sort())
  t.deepEqual([...new Set(Object.values(NOTICED).flat())].sort(), [...casesOf(lamport).keys()].sort())
})
