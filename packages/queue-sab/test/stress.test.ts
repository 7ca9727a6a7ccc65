import test from 'ava'
import { KINDS } from './kinds.js'
import { inWorker } from './threads.js'
import { deadline } from './workers/actions.js'

// A smoke test: on x86 it has never caught a wrong memory order. The argument is in src/ring/words.ts.
const CASES = [
  { count: 1_000_000, capacity: 1024, blocking: false },
  { count: 50_000, capacity: 1000, blocking: true },
  { count: 20_000, capacity: 3, blocking: true },
  { count: 5_000, capacity: 1, blocking: true },
]

for (const kind of KINDS) {
  for (const { count, capacity, blocking } of CASES) {
    const how = blocking ? 'push and pop' : 'spinning'
    test.serial(`${kind.name}: ${count} items cross threads in order, capacity ${capacity}, ${how}`, async (t) => {
      const queue = kind.create({ capacity })
      const consumer = queue.consumer()
      const pushed = inWorker(kind, queue.handle, 'pushAll', { count, blocking })
      const inTime = deadline()
      let outOfOrder = 0
      for (let expected = 0; expected < count; expected++) {
        let item = blocking ? consumer.pop(10_000) : consumer.tryPop()
        for (; item === undefined; item = consumer.tryPop()) inTime()
        if (item !== expected) outOfOrder++
      }
      t.is(outOfOrder, 0)
      t.is(consumer.pop(10_000), undefined, 'end of stream')
      t.is(await pushed, count)
    })
  }
}
