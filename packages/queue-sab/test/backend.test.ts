import type { QueueBackend } from '@spsc/core'
import sab, { createQueue, type Queue, sabMutex } from '@spsc/queue-sab'
import test from 'ava'

for (const backend of [sab, sabMutex] satisfies QueueBackend[]) {
  test(`${backend.name}: the backend is found again by name in the module that it names`, async (t) => {
    t.true(Object.values(await import(backend.module)).includes(backend))
  })

  test(`${backend.name}: what the backend creates, attach finds`, (t) => {
    const queue = backend.create({ capacity: 3 })
    queue.producer().tryPush(42)
    const other = backend.attach(queue.handle)
    t.deepEqual([other.capacity, other.type, other.consumer().pop(1000)], [3, 'i32', 42])
  })
}

test('the type of a queue follows from its options', (t) => {
  const byDefault: Queue<'i32'> = createQueue({ capacity: 1 })
  const asked: Queue<'f64'> = createQueue({ capacity: 1, type: 'f64' })
  t.deepEqual([byDefault.type, asked.type], ['i32', 'f64'])
})
