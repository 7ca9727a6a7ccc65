import {
  type AnyType,
  attachQueue,
  type ConsumerOf,
  createQueue,
  frames,
  type OnFull,
  type ProducerOf,
} from '@spsc/queue-sab'
import test from 'ava'
import fc from 'fast-check'
import type { AnyEnds } from './items.js'
import { ITEMS } from './workers/items.js'

// Words and bytes as in LAYOUT.md.
const TAIL = 32
const HEAD = 64
const SLOTS_AT = 1024

/** A queue into which somebody has written `slots` in place of items, `published` of them for the consumer to see. */
function written(type: AnyType, capacity: number, slots: Uint8Array, published: number, onFull: OnFull) {
  const { handle } = createQueue({ capacity, type, onFull })
  const memory = new Uint8Array(handle, SLOTS_AT)
  memory.set(slots.subarray(0, memory.length))
  new Int32Array(handle)[TAIL] = published << 2
  const queue = attachQueue(handle, { type })
  const ends = { producer: queue.producer(), consumer: queue.consumer() }
  return { handle, queue, ...(ends as unknown as AnyEnds) }
}

/** Pops, whatever the items are, until there are no more: at most one per slot. */
function popAll({ consumer }: AnyEnds, slots: number): void {
  for (let pops = 0; pops <= slots; pops++) {
    try {
      if (consumer.tryPop() === undefined) return
    } catch (error) {
      // What the engine's own parsers say of garbage.
      if (!(error instanceof Error)) throw error
    }
  }
  throw new Error(`more items than ${slots} slots`)
}

const lengths = fc.oneof(
  fc.nat(40),
  fc.constantFrom(-1, -4, -(2 ** 31), 2 ** 31 - 1, 2 ** 30, 2 ** 28, 64, 60, 61),
  fc.integer(),
)
const garbage = fc.oneof(
  fc.uint8Array({ minLength: 64, maxLength: 64 }),
  fc.array(lengths, { minLength: 16, maxLength: 16 }).map((words) => new Uint8Array(Int32Array.from(words).buffer)),
  fc
    .array(fc.constantFrom(...'[]{},:" 1\\u\u0000'), { minLength: 64, maxLength: 64 })
    .map((text) => new TextEncoder().encode(text.join('')).fill(0, 1, 4)),
)

for (const [name, { type }] of Object.entries(ITEMS)) {
  for (const onFull of ['block', 'overwrite-oldest'] as const) {
    test(`${name}, ${onFull}: garbage in the slots gives items or an error, and no access outside the slots`, (t) => {
      const capacity = ['frames', 'json', 'clone'].includes(name) ? 64 : 16
      fc.assert(
        fc.property(garbage, fc.integer({ min: 1, max: 16 }), (slots, published) => {
          const ends = written(type as AnyType, capacity, slots, published, onFull)
          const before = new Int32Array(ends.handle, 0, SLOTS_AT / 4).slice()
          popAll(ends, 16)
          const after = new Int32Array(ends.handle, 0, SLOTS_AT / 4).slice()
          if (after[HEAD] !== after[TAIL]) throw new Error(`head ${after[HEAD]} is not tail ${after[TAIL]}`)
          const counted = [TAIL, HEAD, 48, 49, 80, 81]
          for (const word of counted) before[word] = after[word] = 0
          if (before.join() !== after.join()) throw new Error('a word of the header has changed')
        }),
        { numRuns: 300 },
      )
      t.pass()
    })
  }
}

test('a frame that says that it is longer than what is published ends there', (t) => {
  for (const length of [9, 100, 2 ** 31 - 1, -1]) {
    const { consumer } = written(frames(), 64, new Uint8Array(Int32Array.of(length, 7, 8).buffer), 3, 'block')
    t.deepEqual(consumer.tryPop(), new Uint8Array(Int32Array.of(7, 8).buffer))
    t.is(consumer.tryPop(), undefined)
  }
})

test('after a text that is no JSON the items behind it come', (t) => {
  const queue = createQueue({ capacity: 1024, type: ITEMS.json.type })
  const producer = queue.producer() as ProducerOf<typeof ITEMS.json.type>
  const consumer = queue.consumer() as ConsumerOf<typeof ITEMS.json.type>
  producer.tryPush('spoilt')
  producer.flush()
  new Uint8Array(queue.handle)[SLOTS_AT + 4] = 0x7b
  t.throws(() => consumer.tryPop(), { instanceOf: SyntaxError })
  t.is(consumer.tryPop(), undefined)
  producer.tryPush('')
  producer.flush()
  // A text of two blanks, where "" was.
  new Uint8Array(queue.handle).fill(0x20, SLOTS_AT + 16, SLOTS_AT + 18)
  t.is(consumer.tryPop(), undefined)
  for (const item of [1, [2], null]) producer.tryPush(item)
  t.deepEqual(
    [1, 2, 3, 4].map(() => consumer.tryPop()),
    [1, [2], null, undefined],
  )
})
