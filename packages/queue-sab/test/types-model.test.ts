import { deepStrictEqual } from 'node:assert'
import { type AnyType, createQueue } from '@spsc/queue-sab'
import test from 'ava'
import fc from 'fast-check'
import { type AnyEnds, ITEM_KINDS, type ItemKind } from './items.js'
import { KINDS } from './kinds.js'

const [{ startAt, modulus }] = KINDS

interface Operation {
  readonly name: 'tryPush' | 'pushMany' | 'reserve' | 'tryPop' | 'popMany' | 'peek' | 'drain' | 'flush'
  readonly items: unknown[]
  readonly count: number
}

/** An array with a limit, which does what the queue must do. */
class Model {
  readonly items: unknown[] = []
  readonly capacity: number
  readonly cost: (item: unknown) => number
  readonly readsAhead: boolean

  constructor(capacity: number, { cost = () => 1, readsAhead = false }: ItemKind) {
    this.capacity = capacity
    this.cost = cost
    this.readsAhead = readsAhead
  }

  get size(): number {
    return this.items.reduce((sum: number, item) => sum + this.cost(item), 0)
  }

  /** Checks how many of `items` went in, and keeps them. */
  push(items: unknown[], pushed: number): void {
    let fit = 0
    for (let size = this.size; fit < items.length; fit++) {
      size += this.cost(items[fit])
      if (size > this.capacity) break
    }
    if (this.readsAhead ? pushed < fit : pushed !== fit) throw new Error(`${pushed} of ${fit} that fit went in`)
    this.items.push(...items.slice(0, pushed))
  }

  pop(popped: unknown[], atMost: number): void {
    deepStrictEqual(popped, this.items.splice(0, atMost))
  }
}

function apply({ name, items, count }: Operation, model: Model, kind: ItemKind, { producer, consumer }: AnyEnds): void {
  switch (name) {
    case 'tryPush':
      model.push(items.slice(0, 1), Number(producer.tryPush(items[0])))
      break
    case 'pushMany':
      model.push(items, producer.pushMany(items))
      break
    case 'reserve': {
      const { array, start, end } = producer.reserve(count)
      const written = items.slice(0, end - start)
      written.forEach((item, i) => {
        kind.write?.(array, start + i, item as never)
      })
      producer.commit(written.length)
      model.push(written, written.length)
      break
    }
    case 'tryPop': {
      const item = consumer.tryPop()
      model.pop(item === undefined ? [] : [item], 1)
      break
    }
    case 'popMany': {
      const into = new Array(count)
      model.pop(into.slice(0, consumer.popMany(into)), count)
      break
    }
    case 'peek': {
      const { array, start, end } = consumer.peek(count)
      const found = Array.from({ length: end - start }, (_, i) => kind.read?.(array, start + i))
      // One that ends where the memory does may be shorter than what there is.
      if (found.length === 0) deepStrictEqual([], model.items.slice(0, count))
      model.pop(found, found.length)
      consumer.release(found.length)
      break
    }
    case 'drain': {
      const drained: unknown[] = []
      consumer.drain((item) => drained.push(item))
      model.pop(drained, Number.POSITIVE_INFINITY)
      break
    }
    case 'flush': {
      producer.flush()
      consumer.flush()
      if (!model.readsAhead) deepStrictEqual([producer.size, consumer.size], [model.size, model.size])
      break
    }
  }
}

for (const kind of ITEM_KINDS) {
  const names: Operation['name'][] = ['tryPush', 'tryPush', 'pushMany', 'tryPop', 'tryPop', 'popMany', 'drain', 'flush']
  if (kind.write !== undefined) names.push('reserve', 'peek')
  const operation = fc.record({
    name: fc.constantFrom(...names),
    items: fc.array(kind.item, { minLength: 1, maxLength: 9 }),
    count: fc.nat(9),
  })
  const unit = kind.cost === undefined ? 1 : 4
  // Rings of 64 slots or more hold back.
  const capacity = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 62, max: 70 })).map((n) => n * unit)
  const start = fc.oneof(
    fc.nat(200),
    fc.nat(200).map((n) => modulus / 2 - n),
    fc.nat(200).map((n) => modulus - n),
  )

  test(`${kind.name}: behaves as an array with a limit, wherever its counts are`, (t) => {
    fc.assert(
      fc.property(
        capacity,
        start,
        fc.constantFrom('adaptive', 'each'),
        fc.array(operation, { maxLength: 60 }),
        (capacity, start, publish, operations) => {
          const queue = createQueue({ capacity, publish, type: kind.type as AnyType })
          startAt(queue.handle, start)
          const ends = { producer: queue.producer(), consumer: queue.consumer() } as unknown as AnyEnds
          const model = new Model(capacity, kind)
          const fits = (item: unknown) => model.cost(item) <= capacity
          for (const { items, ...rest } of operations) {
            const fitting = items.filter(fits)
            if (fitting.length > 0) apply({ ...rest, items: fitting }, model, kind, ends)
          }
        },
      ),
      { numRuns: 150 },
    )
    t.pass()
  })
}
