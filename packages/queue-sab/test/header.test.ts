import { runInNewContext } from 'node:vm'
import test from 'ava'
import { KINDS } from './kinds.js'

const FIELDS = [
  { field: 'magic', word: 0, values: [0, -1, 0x53505343] },
  { field: 'layout version', word: 1, values: [0, 1, 3, -1] },
  { field: 'kind', word: 2, values: [0, 3, -1] },
  { field: 'item type', word: 3, values: [0, 7, 11, -1] },
  { field: 'item type of another size', word: 3, values: [2] },
  { field: 'slot bytes', word: 4, values: [0, 8, -4] },
  { field: 'schema', word: 10, values: [1, -1] },
  { field: 'policy on full', word: 9, values: [-1, 3] },
  { field: 'capacity out of range', word: 5, values: [0, -1, 2 ** 28 + 1, -(2 ** 31)] },
  { field: 'capacity beyond the buffer', word: 5, values: [9, 2 ** 28] },
  { field: 'capacity short of the buffer', word: 5, values: [1, 4] },
]

/** Items pushed and popped, as no queue of capacity 2 can have them. */
const HOSTILE_COUNTS = [
  [1005, 5],
  [5, 1005],
  [2 ** 29 - 1, 7],
  [7, 2 ** 29 - 1],
  [-1, 2 ** 20],
  [2 ** 20, -1],
] as const

for (const { name, create, attach, counts } of KINDS) {
  for (const { field, word, values } of FIELDS) {
    test(`${name}: a handle with a wrong ${field} is refused`, (t) => {
      for (const value of values) {
        const { handle } = create({ capacity: 8 })
        new Int32Array(handle)[word] = value
        const error = t.throws(() => attach(handle), { code: 'ERR_HANDLE' })
        t.regex(error.message, /^\[spsc\] \[queue-sab\] .+ is (-?\d+|0x[\da-f]+); allowed: .+; pass the handle/)
      }
    })
  }

  test(`${name}: a handle that is no SharedArrayBuffer is refused`, (t) => {
    const { handle } = create({ capacity: 8 })
    const heir = Object.create(SharedArrayBuffer.prototype, { byteLength: { value: handle.byteLength } })
    for (const value of [undefined, null, 1, {}, new ArrayBuffer(1024), new Int32Array(handle), heir]) {
      t.throws(() => attach(value), { code: 'ERR_HANDLE', message: /handle is .+; allowed: a SharedArrayBuffer/ })
    }
  })

  test(`${name}: a handle of another realm is taken`, (t) => {
    const queue = create({ capacity: 8 })
    const foreign = runInNewContext(`new SharedArrayBuffer(${queue.handle.byteLength})`)
    new Uint8Array(foreign).set(new Uint8Array(queue.handle))
    t.is(attach(foreign).capacity, 8)
  })

  test(`${name}: a handle of the wrong length is refused`, (t) => {
    const { handle } = create({ capacity: 8 })
    for (const bytes of [0, 4, 384, 1023, 1024, handle.byteLength - 1, handle.byteLength + 1, handle.byteLength * 2]) {
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
    for (const [pushed, popped] of HOSTILE_COUNTS) {
      const { handle } = create({ capacity: 2 })
      const words = new Int32Array(handle, 0, 1024 / 4)
      const slots = new Int32Array(handle, 1024)
      words[counts.pushed] = pushed * counts.step
      words[counts.popped] = popped * counts.step
      const queue = attach(handle)
      const producer = queue.producer()
      const consumer = queue.consumer()
      const outside = outsideOf(words)
      for (let item = 1; item <= 100; item++) {
        // Out of its range a typed array gives undefined and drops what it is given.
        if (producer.tryPush(item)) t.true(slots.includes(item), `item ${item} is in no slot`)
        if (queue.size > 0) t.not(consumer.tryPop(), undefined)
      }
      t.deepEqual(outsideOf(words), outside)
    }
  })

  /** The words before the slots, but for the two counts and the ring's notes of them. */
  function outsideOf(words: Int32Array): number[] {
    const own = [counts.pushed, counts.popped, 48, 49, 80, 81] as number[]
    return [...words].filter((_, word) => !own.includes(word))
  }
}

test('a foreign magic is shown in hexadecimal, as LAYOUT.md writes it', (t) => {
  for (const { attach } of KINDS) {
    const expected = { code: 'ERR_HANDLE', message: /magic is 0x0; allowed: 0x43535053;/ }
    t.throws(() => attach(new SharedArrayBuffer(1024)), expected)
  }
})

test('a handle of the other kind is refused, both ways', (t) => {
  const [ring, mutex] = KINDS
  t.throws(() => ring.attach(mutex.create({ capacity: 1 }).handle), { code: 'ERR_HANDLE', message: /kind is 2/ })
  t.throws(() => mutex.attach(ring.create({ capacity: 1 }).handle), { code: 'ERR_HANDLE', message: /kind is 1/ })
})
