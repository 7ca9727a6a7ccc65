import test from 'ava'
import { KINDS } from './kinds.js'

const FIELDS = [
  { field: 'magic', word: 0, values: [0, -1, 0x53505343] },
  { field: 'layout version', word: 1, values: [0, 2, -1] },
  { field: 'kind', word: 2, values: [0, 3, -1] },
  { field: 'element type', word: 3, values: [0, 3, -1] },
  { field: 'element type of another size', word: 3, values: [2] },
  { field: 'slot bytes', word: 4, values: [0, 8, -4] },
  { field: 'capacity out of range', word: 5, values: [0, -1, 2 ** 28 + 1, -(2 ** 31)] },
  { field: 'capacity beyond the buffer', word: 5, values: [9, 2 ** 28] },
  { field: 'capacity short of the buffer', word: 5, values: [1, 4] },
]

for (const { name, create, attach } of KINDS) {
  for (const { field, word, values } of FIELDS) {
    test(`${name}: a handle with a wrong ${field} is refused`, (t) => {
      for (const value of values) {
        const { handle } = create({ capacity: 8 })
        new Int32Array(handle)[word] = value
        const error = t.throws(() => attach(handle), { code: 'ERR_HANDLE' })
        t.regex(error.message, /^\[spsc\] \[queue-sab\] .+ is -?\d+; allowed: .+; pass the handle/)
      }
    })
  }

  test(`${name}: a handle that is no SharedArrayBuffer is refused`, (t) => {
    const { handle } = create({ capacity: 8 })
    for (const value of [undefined, null, 1, {}, new ArrayBuffer(1024), new Int32Array(handle)]) {
      t.throws(() => attach(value), { code: 'ERR_HANDLE' })
    }
  })

  test(`${name}: a handle of the wrong length is refused`, (t) => {
    const { handle } = create({ capacity: 8 })
    for (const bytes of [0, 4, 383, 384, handle.byteLength - 1, handle.byteLength + 1, handle.byteLength * 2]) {
      const other = new SharedArrayBuffer(bytes)
      new Uint8Array(other).set(new Uint8Array(handle).subarray(0, bytes))
      t.throws(() => attach(other), { code: 'ERR_HANDLE', message: /byte length is \d+/ })
    }
  })

  test(`${name}: a header that changes after the check is not believed`, (t) => {
    const { handle } = create({ capacity: 2 })
    const queue = attach(handle)
    new Int32Array(handle)[5] = 2 ** 28
    const producer = queue.producer()
    t.deepEqual(
      [1, 2, 3].map((item) => producer.tryPush(item)),
      [true, true, false],
    )
  })

  test(`${name}: hostile counts can't lead an end outside the slots`, (t) => {
    for (const count of [1, 5, 2 ** 29 - 1, -1, -(2 ** 29)]) {
      const { handle } = create({ capacity: 2 })
      const words = new Int32Array(handle)
      const queue = attach(handle)
      for (const word of [32, 37, 64]) words[word] = name === 'mutex' && word === 32 ? 0 : count << 2
      const before = words.slice(0, 32)
      const producer = queue.producer()
      const consumer = queue.consumer()
      for (let item = 0; item < 100; item++) {
        producer.tryPush(item)
        t.is(typeof (consumer.tryPop() ?? 0), 'number')
      }
      t.deepEqual(words.slice(0, 6), before.slice(0, 6))
    }
  })
}

test('a handle of the other kind is refused, both ways', (t) => {
  const [ring, mutex] = KINDS
  t.throws(() => ring.attach(mutex.create({ capacity: 1 }).handle), { code: 'ERR_HANDLE', message: /kind is 2/ })
  t.throws(() => mutex.attach(ring.create({ capacity: 1 }).handle), { code: 'ERR_HANDLE', message: /kind is 1/ })
})
