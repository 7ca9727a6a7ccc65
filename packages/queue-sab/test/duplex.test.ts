import { type AnyType, attachDuplex, createDuplex, type DuplexHandle } from '@spsc/queue-sab'
import test from 'ava'
import type { AnyEnds } from './items.js'
import { KINDS } from './kinds.js'
import { inWorker, PATIENCE_MS } from './threads.js'
import { ITEMS } from './workers/items.js'

const [ring] = KINDS

for (const [name, { type, of, number, capacity }] of Object.entries(ITEMS)) {
  test(`${name}: what one side pushes, the other pops, in both directions`, async (t) => {
    const options = { type: type as AnyType }
    const here = createDuplex({ capacity: capacity(4), ...options })
    const there = attachDuplex(here.handle, options)
    const sides = [here, there] as unknown as [AnyEnds, AnyEnds]
    for (const [from, to] of [sides, sides.toReversed()] as [AnyEnds, AnyEnds][]) {
      for (const n of [1, 2]) t.true(from.producer.tryPush(of(n)))
      from.producer.flush()
      t.is(number(to.consumer.tryPop() as never), 1)
      t.is(number((await to.consumer.popAsync()) as never), 2)
      t.is(to.consumer.tryPop(), undefined)
    }
  })
}

test('the handle is posted to another thread, which has the other side', async (t) => {
  const { handle, producer, consumer } = createDuplex({ capacity: 4 })
  const echoing = inWorker(ring, handle.there, 'echo', { back: handle.back }, 2 * PATIENCE_MS)
  for (let item = 0; item < 20; item++) {
    await producer.pushAsync(item)
    t.is(await consumer.popAsync(), item)
  }
  producer.close()
  await echoing
})

test('the other side can be had once', (t) => {
  const { handle } = createDuplex({ capacity: 4 })
  attachDuplex(handle)
  t.throws(() => attachDuplex(handle), { code: 'ERR_CLAIMED' })
  t.throws(() => attachDuplex(structuredClone({ ...handle })), { code: 'ERR_CLAIMED' })
})

test('what is no handle of a duplex is refused', (t) => {
  const { handle } = createDuplex({ capacity: 4 })
  const wrong = (value: unknown, code: string) => t.throws(() => attachDuplex(value), { code })
  for (const value of [undefined, null, 1, 'handle']) wrong(value, 'ERR_OPTION')
  for (const value of [{}, handle.there, { there: handle.there }, { back: handle.back }, { there: 1, back: 2 }]) {
    wrong(value, 'ERR_HANDLE')
  }
  const other: DuplexHandle = createDuplex({ capacity: 4, type: 'f64' }).handle
  t.throws(() => attachDuplex(other, { type: 'i32' }), { code: 'ERR_HANDLE' })
  t.truthy(attachDuplex(handle), 'nothing that was refused has taken it')
  t.throws(() => createDuplex({ capacity: 0 }), { code: 'ERR_OPTION' })
})

test('a side that closes ends both directions, after what is on its way', (t) => {
  const here = createDuplex({ capacity: 4 })
  const there = attachDuplex(here.handle)
  here.producer.tryPush(1)
  there.producer.tryPush(2)
  here.close()
  here.close()
  t.deepEqual([there.consumer.pop(), there.consumer.pop(), there.consumer.ended], [1, undefined, true])
  t.throws(() => there.producer.push(3), { code: 'ERR_CLOSED' })
  t.throws(() => here.producer.push(3), { code: 'ERR_CLOSED' })
  t.deepEqual([here.consumer.pop(), here.consumer.ended], [undefined, true])
})

test('a close ends the waits of both sides', async (t) => {
  const here = createDuplex({ capacity: 1 })
  const there = attachDuplex(here.handle)
  const popped = [here.consumer.popAsync(), there.consumer.popAsync()]
  await new Promise(setImmediate)
  here.close()
  t.deepEqual(await Promise.all(popped), [undefined, undefined])
})

test('a side whose thread is gone is an error of both directions, after what is on its way', async (t) => {
  const here = createDuplex({ capacity: 4 })
  const there = attachDuplex(here.handle)
  there.producer.tryPush(1)
  const [popped, waited] = [here.consumer.popAsync(), here.consumer.popAsync()]
  await new Promise(setImmediate)
  here.abandon()
  t.is(await popped, 1)
  await t.throwsAsync(waited, { code: 'ERR_PEER_DIED' })
  t.throws(() => here.consumer.pop(), { code: 'ERR_PEER_DIED' })
  t.throws(() => here.producer.push(2), { code: 'ERR_PEER_DIED' })
})

test('a side that has closed is not abandoned', (t) => {
  const here = createDuplex({ capacity: 4 })
  const there = attachDuplex(here.handle)
  there.close()
  here.abandon()
  t.is(here.consumer.pop(), undefined)
  t.throws(() => here.producer.push(2), { code: 'ERR_CLOSED' })
})
