import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { conformance } from '@spsc/core/conformance'
import { futexWaiting, nativeConsumer, nativeProducer } from '@spsc/queue-native'
import { attachQueue, createQueue } from '@spsc/queue-sab'
import { testNative as test } from './available.js'
import * as bridges from './bridge/backends.mjs'

for (const backend of Object.values(bridges)) conformance(test, backend)

const create = (capacity: number) => createQueue({ capacity, waiting: futexWaiting })

test('an item of either type comes out in the other language as it went in', (t) => {
  const whole = create(8)
  const [toNative, fromJs] = [whole.producer(), nativeConsumer(whole.handle)]
  for (const item of [0, -1, 2 ** 31 - 1, -(2 ** 31)]) {
    toNative.tryPush(item)
    t.is(fromJs.tryPop(), item)
  }
  const real = createQueue({ capacity: 8, type: 'f64', waiting: futexWaiting })
  const [fromNative, toJs] = [nativeProducer(real.handle), real.consumer()]
  for (const item of [0, -0, 0.1, Number.NaN, -Infinity, Number.MAX_VALUE]) {
    fromNative.tryPush(item)
    t.is(toJs.tryPop(), item)
  }
})

for (const [type, View] of Object.entries({
  i32: Int32Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
})) {
  test(`C++ makes of a number what a typed array of ${type} would`, (t) => {
    const queue = createQueue({ capacity: 1, type: type as 'i32', waiting: futexWaiting })
    const [producer, consumer] = [nativeProducer(queue.handle), queue.consumer()]
    for (const item of [2 ** 31, 2 ** 32 + 5, 1.9, -1.9, 0.1, Number.NaN, Infinity, -(2 ** 40) - 3]) {
      producer.tryPush(item)
      t.is(consumer.tryPop(), new View([item])[0])
    }
    const back = createQueue({ capacity: 1, type: type as 'i32', waiting: futexWaiting })
    const [sender, receiver] = [back.producer(), nativeConsumer(back.handle)]
    for (const item of [0, -1, 0.1, 2 ** 31]) {
      sender.tryPush(item)
      t.is(receiver.tryPop(), new View([item])[0])
    }
  })
}

test('spans of JavaScript meet single items of C++', (t) => {
  const queue = create(100)
  const [producer, consumer] = [nativeProducer(queue.handle), queue.consumer()]
  let popped = 0
  for (let pushed = 0; popped < 1000; ) {
    while (pushed < popped + 77 && producer.tryPush(pushed)) pushed++
    const { array, start, end } = consumer.peek(50)
    for (let i = start; i < end; i++) t.is(array[i], popped++)
    consumer.release(end - start)
  }
})

test('a queue whose ends sleep otherwise is refused, and so is what is no queue', (t) => {
  const message = /^\[spsc\] \[queue-native\] way of waiting is 0; allowed: 1 \(futex\)/
  t.throws(() => nativeProducer(createQueue({ capacity: 4 }).handle), { code: 'ERR_HANDLE', message })
  t.throws(() => attachQueue(create(4).handle), { code: 'ERR_HANDLE', message: /way of waiting is 1/ })
  for (const handle of [undefined, {}, new SharedArrayBuffer(8), new ArrayBuffer(400)]) {
    t.throws(() => nativeConsumer(handle), { code: 'ERR_HANDLE', message: /^\[spsc\] \[queue-native\] / })
  }
})

test('C++ wakes JavaScript that waits on an event loop, and the other way round', async (t) => {
  const queue = create(1)
  const [producer, consumer] = [nativeProducer(queue.handle), queue.consumer()]
  const popped = consumer.popAsync()
  await sleep(20)
  t.true(producer.tryPush(42))
  t.is(await popped, 42)

  const back = create(1)
  const [sender, receiver] = [back.producer(), nativeConsumer(back.handle)]
  t.true(sender.tryPush(1))
  const pushed = sender.pushAsync(2)
  await sleep(20)
  t.is(receiver.tryPop(), 1)
  t.true(await pushed)
  t.is(receiver.tryPop(), 2)
})

test('a wait on an event loop ends by close, by time and by abort, and the next one works', async (t) => {
  const queue = create(1)
  const [producer, consumer] = [nativeProducer(queue.handle), queue.consumer()]
  t.is(await consumer.popAsync({ timeoutMs: 5 }), undefined)
  const abort = new AbortController()
  const aborted = consumer.popAsync({ signal: abort.signal })
  await sleep(5)
  abort.abort(new Error('enough'))
  await t.throwsAsync(aborted, { message: 'enough' })
  const popped = Promise.all(Array.from({ length: 8 }, () => consumer.popAsync()))
  for (let item = 0; item < 8; item++) {
    while (!producer.tryPush(item)) await sleep(1)
  }
  t.deepEqual((await popped).sort(), [0, 1, 2, 3, 4, 5, 6, 7])
  const last = consumer.popAsync()
  await sleep(5)
  producer.close()
  t.is(await last, undefined)
})

test('a process lives as long as a wait is pending, and no longer', async (t) => {
  const program = `
    import { createQueue } from '@spsc/queue-sab'
    import { futexWaiting, nativeProducer } from '@spsc/queue-native'
    const queue = createQueue({ capacity: 1, waiting: futexWaiting })
    const producer = nativeProducer(queue.handle)
    setTimeout(() => producer.tryPush(7), 100).unref()
    console.log(String(await queue.consumer().popAsync()))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    cwd: import.meta.dirname,
    timeout: 60_000,
  })
  t.is(stdout, '7\n')
})
