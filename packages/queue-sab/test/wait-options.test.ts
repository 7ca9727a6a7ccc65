import { execFile } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createQueue } from '@spsc/queue-sab'
import test from 'ava'
import { withAtomics } from './atomics.js'
import { KINDS } from './kinds.js'
import { inWorker, PATIENCE_MS, untilAsleep } from './threads.js'

const [ring] = KINDS
const run = promisify(execFile)

function ends(capacity = 1) {
  const queue = createQueue({ capacity })
  return { queue, producer: queue.producer(), consumer: queue.consumer() }
}

/** Runs code in a process of its own, with a queue in which nothing happens; gives what it has printed. */
async function inProcess(code: string): Promise<string> {
  const source = `import { createQueue } from '@spsc/queue-sab'
const queue = createQueue({ capacity: 1 })
const [producer, consumer] = [queue.producer(), queue.consumer()]
process.on('exit', () => console.log('exit'))
${code}`
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  // Whoever runs the tests may force colours on.
  const options = { cwd, timeout: PATIENCE_MS, env: { ...process.env, FORCE_COLOR: '0' } }
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', source], options)
  return stdout.trim().replaceAll('\n', ', ')
}

test('a wait that is pending keeps the process alive', async (t) => {
  const popped = "consumer.popAsync({ timeoutMs: 20 }).then((item) => console.log('popped', item))"
  t.is(await inProcess(popped), 'popped undefined, exit')
  const pushed = "producer.tryPush(1); producer.pushAsync(2, { timeoutMs: 20 }).then((ok) => console.log('pushed', ok))"
  t.is(await inProcess(pushed), 'pushed false, exit')
})

test('after unref a wait does not, after ref it does again', async (t) => {
  t.is(await inProcess(`consumer.unref().popAsync()`), 'exit')
  t.is(await inProcess(`producer.tryPush(1); producer.unref().pushAsync(2)`), 'exit')
  const again = "consumer.unref().ref().popAsync({ timeoutMs: 20 }).then(() => console.log('popped'))"
  t.is(await inProcess(again), 'popped, exit')
})

test('a wait that is over keeps nothing alive', async (t) => {
  t.is(await inProcess(`consumer.popAsync().then(console.log); producer.tryPush(1)`), '1, exit')
  t.is(await inProcess(`consumer.popAsync().then(console.log); consumer.close()`), 'undefined, exit')
  const aborted = `const abort = new AbortController()
    consumer.popAsync({ signal: abort.signal }).catch(() => console.log('aborted'))
    setTimeout(() => abort.abort(), 1)`
  t.is(await inProcess(aborted), 'aborted, exit')
})

test("an end's own close ends its waits", async (t) => {
  const { producer, consumer } = ends()
  const popped = [consumer.popAsync(), consumer.popAsync({ timeoutMs: PATIENCE_MS })]
  await pause(5)
  consumer.close()
  t.deepEqual(await Promise.all(popped), [undefined, undefined])

  producer.tryPush(1)
  const full = ends()
  full.producer.tryPush(1)
  const pushed = full.producer.pushAsync(2)
  await pause(5)
  full.producer.close()
  await t.throwsAsync(pushed, { code: 'ERR_CLOSED' })
  t.is(full.consumer.tryPop(), 1)
})

test('for await ends when its own consumer is closed', async (t) => {
  const { producer, consumer } = ends()
  producer.tryPush(1)
  const items: number[] = []
  setTimeout(() => consumer.close(), 5)
  for await (const item of consumer) items.push(item)
  t.deepEqual(items, [1])
})

test('no wait leaves a listener on its signal, however it ends', async (t) => {
  const { producer, consumer } = ends()
  const abort = new AbortController()
  const { signal } = abort
  const listeners = () => getEventListeners(signal, 'abort').length
  t.is(await consumer.popAsync({ signal, timeoutMs: 5 }), undefined)
  t.is(listeners(), 0)
  const popped = consumer.popAsync({ signal })
  await pause(1)
  t.is(listeners(), 1)
  producer.tryPush(1)
  t.is(await popped, 1)
  t.is(listeners(), 0)
  t.true(await producer.pushAsync(1, { signal }))
  const pushed = producer.pushAsync(2, { signal })
  await pause(1)
  abort.abort()
  await t.throwsAsync(pushed, { any: true })
  t.is(listeners(), 0)
})

test('an abort reaches all waits, takes no item, and is heard between two sleeps of one wait, too', async (t) => {
  const { producer, consumer } = ends()
  const abort = new AbortController()
  const waits = [1, 2, 3].map(() => consumer.popAsync({ signal: abort.signal }))
  const bystander = consumer.popAsync()
  await pause(5)
  // Wakes all of them; the one that comes first gets the item, and what it does then is to abort.
  const first = consumer.popAsync()
  const aborting = Promise.race([bystander, first, ...waits]).then((item) => {
    abort.abort()
    return item
  })
  producer.tryPush(1)
  await aborting.catch(() => {})
  producer.tryPush(2)
  const settled = await Promise.allSettled([...waits])
  await producer.pushAsync(3)
  producer.close()
  const others = await Promise.all([bystander, first])
  const items = [...settled.map((wait) => (wait.status === 'fulfilled' ? wait.value : 'aborted')), ...others]
  t.is(items.filter((item) => item === 'aborted').length >= 2, true)
  const given = items.filter((item) => typeof item === 'number')
  t.is(new Set(given).size, given.length, 'none twice')
})

test('spin is a whole number from 0, checked where the queue is made and where it is attached', (t) => {
  const expected = { code: 'ERR_OPTION', message: /spin is .+; allowed: a whole number from 0/ }
  const { handle } = createQueue({ capacity: 1 })
  for (const spin of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null] as number[]) {
    t.throws(() => createQueue({ capacity: 1, spin }), expected)
  }
  t.is(createQueue({ capacity: 1, spin: 0 }).consumer().pop(1), undefined)
  t.is(ring.attach(handle).capacity, 1)
})

test.serial('without spin a wait sleeps at once', async (t) => {
  const queue = createQueue({ capacity: 1, spin: 0 })
  const consumer = queue.consumer()
  let loads = 0
  let loadsBeforeSleep: number | undefined
  const { load } = Atomics
  Atomics.load = ((...where: Parameters<typeof load>) => {
    loads++
    return load(...where)
  }) as typeof load
  try {
    const counted: Parameters<typeof withAtomics>[1] = () => () => {
      loadsBeforeSleep ??= loads
      return 'timed-out'
    }
    withAtomics('wait', counted, () => consumer.pop(1))
  } finally {
    Atomics.load = load
  }
  t.true((loadsBeforeSleep ?? 99) < 10, `${loadsBeforeSleep} loads`)
})

test('however long an end spins, a timeout ends the wait', (t) => {
  const queue = createQueue({ capacity: 1, spin: Number.MAX_SAFE_INTEGER })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  t.is(consumer.pop(5), undefined)
  t.true(producer.push(1, 5))
  t.false(producer.push(2, 5))
})

test('an end that spins sees what another thread pushes', async (t) => {
  const queue = createQueue({ capacity: 1, spin: Number.MAX_SAFE_INTEGER })
  const consumer = queue.consumer()
  const pushed = inWorker(ring, queue.handle, 'pushAll', { count: 50, blocking: true }, 2 * PATIENCE_MS)
  for (let item = 0; item < 50; item++) t.is(consumer.pop(PATIENCE_MS), item)
  await pushed
})

test.serial('what a waiting consumer costs is logged', async (t) => {
  const { queue, consumer } = ends()
  const cost = async (wait: () => unknown) => {
    const before = process.cpuUsage()
    await wait()
    const { user, system } = process.cpuUsage(before)
    return ((user + system) / 1000).toFixed(1)
  }
  t.log(`pop: ${await cost(() => consumer.pop(500))} ms of CPU in 500 ms`)
  t.log(`popAsync: ${await cost(() => consumer.popAsync({ timeoutMs: 500 }))} ms of CPU in 500 ms`)
  t.is(queue.size, 0)
})

test('who is aborted leaves those who still sleep on the word to be woken', async (t) => {
  const queue = createQueue({ capacity: 4 })
  const consumer = queue.consumer()
  const abort = new AbortController()
  const [aborted, popped] = [consumer.popAsync({ signal: abort.signal }), consumer.popAsync()]
  await untilAsleep(ring, queue.handle, 'consumer')
  abort.abort()
  await t.throwsAsync(aborted, { any: true })
  t.true(await inWorker(ring, queue.handle, 'push', { items: [42] }))
  t.is(await popped, 42)
})
