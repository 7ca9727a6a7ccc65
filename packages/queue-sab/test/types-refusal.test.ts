import {
  type AnyType,
  attachQueue,
  bytes,
  clone,
  createQueue,
  frames,
  json,
  type OnFull,
  record,
} from '@spsc/queue-sab'
import test from 'ava'
import type { AnyEnds } from './items.js'
import { ITEMS } from './workers/items.js'

const NO_ITEMS: Record<string, { type: AnyType; good: unknown; bad: unknown[]; capacity?: number }> = {
  i32: { type: 'i32', good: 1, bad: [1n, Symbol('1'), valueOfThrows()] },
  f64: { type: 'f64', good: 1, bad: [1n, Symbol('1'), valueOfThrows()] },
  i64: { type: 'i64', good: 1n, bad: [1, '1', undefined, null, Symbol('1'), { valueOf: () => 1n }] },
  u64: { type: 'u64', good: 1n, bad: [1, '1', undefined, Symbol('1')] },
  bytes: {
    type: bytes(4),
    good: Uint8Array.of(1, 2, 3, 4),
    bad: [new Uint8Array(3), new Uint8Array(5), [1, 2, 3, 4], new Int8Array(4), '1234', undefined, null, 4],
  },
  frames: {
    type: frames(),
    good: Uint8Array.of(1, 2, 3, 4),
    bad: [new Uint8Array(5), new Uint16Array(1), [1], '1', undefined, null],
    capacity: 8,
  },
  record: {
    type: record({ n: 'i32', big: 'i64', text: 'ascii2' }),
    good: { n: 1, big: 1n, text: 'ab' },
    bad: [
      { n: 1, big: 1, text: 'a' },
      { n: 1n, big: 1n, text: 'a' },
      { n: 1, big: 1n },
      { n: 1, big: 1n, text: 'abc' },
      { n: 1, big: 1n, text: 'é' },
      { n: 1, big: 1n, text: 'a\0' },
      { n: Symbol('1'), big: 1n, text: '' },
      { n: valueOfThrows(), big: 1n, text: '' },
      undefined,
      null,
    ],
  },
  json: {
    type: json(),
    good: 'abcd',
    bad: [undefined, () => 1, Symbol('1'), 1n, cycle(), { toJSON: valueOfThrows().valueOf }, 'abc漢x', 'abcdefg'],
    capacity: 12,
  },
  clone: { type: clone(), good: 1, bad: [undefined, () => 1, Symbol('1'), 'more than there can be'], capacity: 12 },
}

function valueOfThrows() {
  return {
    valueOf() {
      throw new TypeError('no number')
    },
  }
}

function cycle(): unknown {
  const self: Record<string, unknown> = {}
  self.self = self
  return self
}

function ends(type: AnyType, capacity: number, onFull: OnFull = 'block'): AnyEnds {
  const queue = createQueue({ capacity, type, onFull })
  return { producer: queue.producer(), consumer: queue.consumer() } as unknown as AnyEnds
}

for (const [name, { type, good, bad, capacity = 1 }] of Object.entries(NO_ITEMS)) {
  test(`${name}: what is no item is refused, and the queue is as it was`, (t) => {
    const { producer, consumer } = ends(type, capacity)
    for (const item of bad) {
      t.throws(() => producer.tryPush(item), { any: true })
      t.throws(() => producer.push(item, 100), { any: true })
      t.throws(() => producer.pushMany([item]), { any: true })
      t.is(consumer.size, 0)
    }
    t.true(producer.push(good, 100))
    t.deepEqual(consumer.pop(100), good)
  })

  test(`${name}: what is no item is refused by a full queue, too, and none is lost for it where it would be`, (t) => {
    for (const onFull of ['block', 'drop-newest', 'overwrite-oldest'] as const) {
      const { producer, consumer } = ends(type, capacity, onFull)
      t.true(producer.tryPush(good))
      for (const item of bad) {
        t.throws(() => producer.tryPush(item), { any: true })
        t.throws(() => producer.push(item, 0), { any: true })
        t.throws(() => producer.pushMany([item]), { any: true })
      }
      t.deepEqual({ ...producer.stats(), size: consumer.size > 0 }, { ...NONE, pushed: 1, size: true })
      t.deepEqual(consumer.tryPop(), good)
    }
  })

  test(`${name}: what is no item rejects pushAsync`, async (t) => {
    const { producer, consumer } = ends(type, capacity)
    for (const item of bad) await t.throwsAsync(producer.pushAsync(item), { any: true })
    t.is(consumer.size, 0)
  })
}

const NONE = { pushed: 0, popped: 0, dropped: 0, overwritten: 0 }

test('of what is no item the error says what is allowed', (t) => {
  const push = (type: AnyType, capacity: number, item: unknown) => () => ends(type, capacity).producer.tryPush(item)
  const refused = (message: RegExp) => ({ code: 'ERR_OPTION', message })
  t.throws(push(bytes(4), 1, new Uint8Array(3)), refused(/item is 3 bytes; allowed: a Uint8Array of 4 bytes/))
  t.throws(push(bytes(4), 1, 'text'), refused(/item is the string "text"; allowed: a Uint8Array of 4 bytes/))
  t.throws(push(frames(), 8, new Uint8Array(5)), refused(/item is 5 bytes; allowed: a Uint8Array of up to 4 bytes/))
  t.throws(push(json(), 8, 'long text'), refused(/item takes 11 bytes.*; allowed: up to 4; make the queue/))
  t.throws(push(json(), 8, undefined), refused(/item is of type undefined; allowed: what JSON can say/))
  t.throws(push(clone(), 8, undefined), refused(/item is undefined; allowed: what can be cloned/))
  t.throws(push(record({ text: 'ascii2' }), 1, { text: 'abc' }), refused(/text is "abc"; allowed: up to 2 ASCII/))
})

test('a record whose fields push others comes after them, and each is whole', (t) => {
  const type = record({ first: 'i32', second: 'i32', third: 'i32' })
  const queue = createQueue({ capacity: 4, type })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  const sly = {
    first: 7,
    get second() {
      producer.tryPush({ first: 1, second: 2, third: 3 })
      return 8
    },
    third: { valueOf: () => Number(producer.tryPush({ first: 4, second: 5, third: 6 })) + 8 } as unknown as number,
  }
  t.true(producer.tryPush(sly))
  t.deepEqual(
    [1, 2, 3, 4].map(() => consumer.tryPop()),
    [
      { first: 1, second: 2, third: 3 },
      { first: 4, second: 5, third: 6 },
      { first: 7, second: 8, third: 9 },
      undefined,
    ],
  )
})

test('a target that is too short for the item is refused, and the item stays', (t) => {
  const lists = createQueue({ capacity: 64, type: frames() })
  const fixed = createQueue({ capacity: 2, type: bytes(3) })
  for (const queue of [lists, fixed]) {
    queue.producer().tryPush(Uint8Array.of(1, 2, 3))
    const consumer = queue.consumer()
    const expected = { code: 'ERR_OPTION', message: /target is 2 bytes; allowed: a Uint8Array of from 3 bytes on/ }
    t.throws(() => consumer.tryPopInto(new Uint8Array(2)), expected)
    t.throws(() => consumer.tryPopInto([0, 0, 0] as unknown as Uint8Array), { code: 'ERR_OPTION' })
    const target = new Uint8Array(5).fill(9)
    t.is(consumer.tryPopInto(target), 3)
    t.deepEqual([...target], [1, 2, 3, 9, 9])
    t.is(consumer.tryPopInto(target), undefined)
  }
})

test('a record is copied to a target, which is given back', (t) => {
  const queue = createQueue({ capacity: 2, type: record({ n: 'u8' }) })
  queue.producer().tryPush({ n: 300 })
  const consumer = queue.consumer()
  const target = { n: 0, more: 1 }
  t.is(consumer.tryPopInto(target), target)
  t.deepEqual(target, { n: 44, more: 1 })
  t.is(consumer.tryPopInto(target), undefined)
})

test('types that can not be are refused', (t) => {
  for (const size of [0, -1, 1.5, Number.NaN, 2 ** 20 + 1, '4'] as number[]) {
    t.throws(() => bytes(size), { code: 'ERR_OPTION', message: /size is .+; allowed: an integer from 1 to 1048576/ })
  }
  const tooMany = Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`f${i}`, 'u8']))
  for (const fields of [{}, null, 1, tooMany, JSON.parse('{ "__proto__": "u8" }')]) {
    t.throws(() => record(fields), { code: 'ERR_OPTION', message: /fields is .+; allowed: an object of 1 to 256/ })
  }
  for (const type of ['i128', 'ascii0', 'ascii256', 'ascii', 'ascii01', 'toString', '__proto__', 1, null]) {
    const fields = { field: type as 'i8' }
    t.throws(() => record(fields), { code: 'ERR_OPTION', message: /the type of field "field" is .+; allowed: i8, u8/ })
  }
})

test('a capacity in bytes is a multiple of 4', (t) => {
  for (const type of [frames(), json(), clone()]) {
    for (const capacity of [0, 3, 6, 2 ** 28 + 4, Number.NaN]) {
      const expected = { code: 'ERR_OPTION', message: /capacity is .+; allowed: bytes, a multiple of 4 from 4 to/ }
      t.throws(() => createQueue({ capacity, type }), expected)
    }
  }
  const smallest = createQueue({ capacity: 4, type: frames() })
  t.true(smallest.producer().tryPush(new Uint8Array(0)))
  t.deepEqual(smallest.consumer().tryPop(), new Uint8Array(0))
})

test('a queue is attached with the type that it was made with', (t) => {
  for (const [name, made] of Object.entries(ITEMS)) {
    const { handle } = createQueue({ capacity: made.capacity(4), type: made.type as AnyType })
    t.is(attachQueue(handle, { type: made.type as AnyType }).capacity, made.capacity(4))
    for (const [other, { type }] of Object.entries(ITEMS)) {
      if (other !== name) t.throws(() => attachQueue(handle, { type: type as AnyType }), { code: 'ERR_HANDLE' })
    }
    if (typeof made.type === 'string') t.is(attachQueue(handle).type, made.type as 'i32')
    else
      t.throws(() => attachQueue(handle), { code: 'ERR_HANDLE', message: /item type is \d+; .+by the option `type`/ })
  }
})

test('types that differ in a detail only are told apart', (t) => {
  const refused = (type: AnyType, other: AnyType, message: RegExp) => {
    const { handle } = createQueue({ capacity: 4, type })
    t.throws(() => attachQueue(handle, { type: other }), { code: 'ERR_HANDLE', message })
  }
  refused(bytes(8), bytes(9), /slot bytes is 8; allowed: 12/)
  refused(bytes(5), bytes(8), /schema is 0x5; allowed: 0x8/)
  refused(record({ a: 'u8', b: 'u8' }), record({ b: 'u8', a: 'u8' }), /schema is/)
  refused(record({ a: 'u8', b: 'u8' }), record({ a: 'u8', b: 'i8' }), /schema is/)
  refused(record({ a: 'u8' }), record({ a: 'ascii9' }), /slot bytes is 8; allowed: 16/)
  t.is(attachQueue(createQueue({ capacity: 1, type: bytes(5) }).handle, { type: bytes(5) }).capacity, 1)
  for (const type of [{}, [], 'bytes', null] as unknown as AnyType[]) {
    const { handle } = createQueue({ capacity: 4 })
    t.throws(() => attachQueue(handle, { type }), { code: 'ERR_OPTION', message: /type is .+ or what bytes\(\)/ })
  }
})
