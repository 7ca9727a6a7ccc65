import test from 'ava'
import { KINDS } from './kinds.js'
import { inWorker } from './threads.js'

for (const kind of KINDS) {
  for (const end of ['producer', 'consumer'] as const) {
    test(`${kind.name}: a second claim of the ${end} throws, from the same queue and from another attachment`, (t) => {
      const queue = kind.create({ capacity: 1 })
      queue[end]()
      t.throws(() => queue[end](), { code: 'ERR_CLAIMED' })
      t.throws(() => kind.attach(queue.handle)[end](), { code: 'ERR_CLAIMED' })
    })

    test(`${kind.name}: a second claim of the ${end} throws in another thread`, async (t) => {
      const { handle } = kind.create({ capacity: 1 })
      t.is(await inWorker(kind, handle, 'claim', end), 'object')
      t.is(await inWorker(kind, handle, 'claim', end), 'ERR_CLAIMED')
      t.throws(() => kind.attach(handle)[end](), { code: 'ERR_CLAIMED' })
    })
  }
}
