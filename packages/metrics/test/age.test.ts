import type { AgeOfInformation, Unavailable } from '@spsc/core'
import { histogram } from '@spsc/metrics'
import test from 'ava'
import { type Item, runOf, traceOf } from './trace.js'

/** An item that was due at one time and done at another. */
function done(due: bigint, at: bigint): Item {
  return { due, sent: due, pushed: due + 1n, popped: at, done: at }
}

const dropped = (due: bigint): Item => ({ due, sent: due })

function ageOf(
  items: readonly Item[],
  prepare = (_: ReturnType<typeof traceOf>) => {},
): AgeOfInformation | Unavailable {
  const trace = traceOf(items)
  prepare(trace)
  const collector = histogram()
  collector.start(runOf(trace))
  const data = collector.stop() as { readonly age: AgeOfInformation | Unavailable }
  return data.age
}

test('the age grows with the clock and falls to the response of each item done', (t) => {
  // From 110 to 310: 10 rising to 110, then 10 rising to 110.
  t.deepEqual(ageOf([done(100n, 110n), done(200n, 210n), done(300n, 310n)]), {
    n: 2,
    mean_ns: 60,
    peak_p50_ns: 110,
    peak_p99_ns: 110,
    peak_max_ns: 110,
  })
})

test('it agrees with the same age looked at nanosecond by nanosecond', (t) => {
  const items = [
    done(100n, 130n),
    done(150n, 260n),
    done(240n, 261n),
    done(255n, 400n),
    dropped(300n),
    done(390n, 500n),
  ]
  const delivered = items.filter((item) => item.done !== undefined) as Required<Item>[]
  let area = 0
  let peak = 0
  for (let now = 130; now < 500; now++) {
    // Half a nanosecond on: the middle of the step.
    const freshest = delivered.filter(({ done }) => Number(done) <= now).map(({ due }) => Number(due))
    const age = now + 0.5 - Math.max(...freshest)
    area += age
    peak = Math.max(peak, age + 0.5)
  }
  t.like(ageOf(items), { n: 4, mean_ns: area / 370, peak_max_ns: peak })
})

test('what a full queue turns away makes it older', (t) => {
  const every = [done(100n, 110n), done(200n, 210n), done(300n, 310n), done(400n, 410n)]
  const half = [done(100n, 110n), dropped(200n), done(300n, 310n), dropped(350n), done(400n, 410n)]
  const [all, some] = [ageOf(every), ageOf(half)] as AgeOfInformation[]
  t.true((some as AgeOfInformation).mean_ns > (all as AgeOfInformation).mean_ns)
  t.like(some, { n: 2, peak_max_ns: 210 })
})

test('a late item that is done with a fresh one costs no time of its own', (t) => {
  t.like(ageOf([done(100n, 300n), done(200n, 300n), done(290n, 300n), done(390n, 400n)]), {
    mean_ns: 60,
    peak_max_ns: 200,
  })
})

test('where items have no row, nothing is known of the freshest one', (t) => {
  const sampled = (trace: ReturnType<typeof traceOf>) => trace.number.set([0, 7])
  t.deepEqual(ageOf([done(100n, 110n), done(200n, 210n)], sampled), { unavailable: 'not every item was stamped' })
})

test('it is unavailable, with the reason, where it means nothing', (t) => {
  t.deepEqual(ageOf([]), { unavailable: 'no item was sampled' })
  t.deepEqual(ageOf([dropped(1n), dropped(2n)]), { unavailable: 'fewer than two items were delivered' })
  t.deepEqual(ageOf([done(1n, 2n)]), { unavailable: 'fewer than two items were delivered' })
  t.deepEqual(ageOf([done(1n, 9n), done(2n, 9n)]), { unavailable: 'all items were done at one moment' })
  t.deepEqual(ageOf([done(9n, 8n), done(10n, 12n)]), { unavailable: 'the times of an item run backwards' })
  const undue = { sent: 1n, pushed: 2n, popped: 3n, done: 4n }
  t.deepEqual(ageOf([undue, undue]), { unavailable: 'an item has no due or no done' })
})
