import { deepStrictEqual } from 'node:assert'
import { type AnyType, createQueue, type OnFull, type RingQueue } from '@spsc/queue-sab'
import test from 'ava'
import fc from 'fast-check'
import { type AnyEnds, ITEM_KINDS, type ItemKind } from './items.js'
import { KINDS } from './kinds.js'

const [{ startAt, modulus }] = KINDS
const POLICIES: OnFull[] = ['block', 'drop-newest', 'overwrite-oldest']

/** How the stream was ended, and what the other end's calls throw then. */
const ENDS = { closed: 'ERR_CLOSED', failed: 'ERR_PEER_FAILED', died: 'ERR_PEER_DIED' } as const
type Over = keyof typeof ENDS

/** An array with a limit, which does what the queue must do. Its methods throw the code of the error that must come. */
class Model {
  /** In the ring, and taken out of it by the consumer but not yet given. */
  items: unknown[] = []
  ahead: unknown[] = []
  over: { producer?: Over; consumer?: Over } = {}
  readonly counts = { pushed: 0, popped: 0, dropped: 0, overwritten: 0 }
  readonly capacity: number
  readonly onFull: OnFull
  readonly cost: (item: unknown) => number

  constructor(capacity: number, onFull: OnFull, { cost = () => 1 }: ItemKind) {
    this.capacity = capacity
    this.onFull = onFull
    this.cost = cost
  }

  get size(): number {
    return this.items.reduce((sum: number, item) => sum + this.cost(item), 0)
  }

  get room(): number {
    return this.capacity - this.size
  }

  /** Whether the peer has said that it wants no more, or will never take any. */
  checkWanted(): void {
    if (this.over.consumer !== undefined) throw ENDS[this.over.consumer]
  }

  checkOpen(): void {
    if (this.over.producer !== undefined) throw 'ERR_CLOSED'
  }

  makeRoom(wanted: number): void {
    if (this.onFull !== 'overwrite-oldest') return
    while (this.room < wanted) {
      this.items.shift()
      this.counts.overwritten++
    }
  }

  push(items: readonly unknown[]): number {
    if (items.length > 0) this.checkOpen()
    for (const [pushed, item] of items.entries()) {
      this.makeRoom(this.cost(item))
      if (this.room < this.cost(item)) {
        if (this.onFull === 'drop-newest') this.counts.dropped += items.length - pushed
        return pushed
      }
      this.items.push(item)
      this.counts.pushed++
    }
    return items.length
  }

  /** What `atMost` items are; `throwing`: where the stream is over by an error and there is nothing. */
  pop(atMost: number, throwing = true): unknown[] {
    if (this.over.consumer !== undefined || atMost === 0) return []
    const taken = [...this.ahead, ...this.items].slice(0, atMost)
    this.items.splice(0, Math.max(0, taken.length - this.ahead.length))
    this.ahead.splice(0, taken.length)
    this.counts.popped += taken.length
    const { producer } = this.over
    if (throwing && taken.length === 0 && producer !== undefined && producer !== 'closed') throw ENDS[producer]
    return taken
  }

  get ended(): boolean {
    const { producer, consumer } = this.over
    return consumer !== undefined || (producer === 'closed' && this.items.length + this.ahead.length === 0)
  }

  /** The consumer may take items out of the ring before it gives them: of that the totals tell. */
  takeAhead(popped: number): void {
    this.ahead.push(...this.items.splice(0, popped - this.counts.popped - this.ahead.length))
  }
}

interface Real extends AnyEnds {
  readonly kind: ItemKind
  readonly queue: RingQueue
}

/** What an operation is given: items that fit into the queue, and a small number. */
interface Given {
  readonly items: readonly unknown[]
  readonly count: number
}

/** An operation on the model and on the queue; both give the same, or throw the same code. */
interface Operation {
  readonly expected: (model: Model, given: Given) => unknown
  readonly actual: (real: Real, given: Given) => unknown
  /** Left out where a type, or the model's state, has nothing like it. */
  readonly when?: (model: Model, kind: ItemKind) => boolean
}

/** Several calls, as a span ends with the next operation. */
type SpanSteps = (model: Model, real: Real, given: Given) => void

const single = (item: unknown) => (item === undefined ? [] : [item])
const hasSpans = (_: Model, { write }: ItemKind) => write !== undefined
const producerLives = ({ over }: Model) => over.producer !== 'died'
const consumerLives = ({ over }: Model) => over.consumer !== 'died'

const PRODUCING: Record<string, Operation> = {
  tryPush: {
    expected: (model, { items }) => model.push(items.slice(0, 1)) === 1,
    actual: ({ producer }, { items }) => producer.tryPush(items[0]),
  },
  push: {
    expected: (model, { items }) => {
      model.checkWanted()
      return model.push(items.slice(0, 1)) === 1
    },
    actual: ({ producer }, { items }) => producer.push(items[0], 0),
  },
  pushAsync: {
    expected: (model, { items }) => {
      model.checkWanted()
      return model.push(items.slice(0, 1)) === 1
    },
    actual: ({ producer }, { items }) => producer.pushAsync(items[0], { timeoutMs: 0 }),
  },
  pushMany: {
    expected: (model, { items }) => model.push(items),
    actual: ({ producer }, { items }) => producer.pushMany(items),
  },
  'pushMany of a typed array': {
    when: (_, { array }) => array !== undefined,
    expected: (model, { items }) => model.push(items),
    actual: ({ producer, kind }, { items }) => producer.pushMany(kind.array?.(items) as never),
  },
  reserve: {
    when: hasSpans,
    // How much of the room lies in one piece is the queue's own affair, but where there is some it gives some.
    expected: (model, { count }) => {
      if (count > 0) model.checkOpen()
      model.makeRoom(Math.min(count, model.capacity))
      return Math.min(1, count, model.room)
    },
    actual({ producer }, { count }) {
      const { start, end } = producer.reserve(count)
      if (end - start > count) throw new Error(`${end - start} reserved, not ${count}`)
      return Math.min(1, end - start)
    },
  },
  awaitRoom: {
    when: hasSpans,
    expected(model) {
      model.checkWanted()
      model.checkOpen()
      model.makeRoom(1)
      return model.room > 0
    },
    actual: ({ producer }) => producer.awaitRoom(0),
  },
  awaitRoomAsync: {
    when: hasSpans,
    expected: (model) => PRODUCING.awaitRoom?.expected(model, NOTHING),
    actual: ({ producer }) => producer.awaitRoomAsync({ timeoutMs: 0 }),
  },
  'producer.close': {
    expected: ({ over }) => {
      over.producer ??= 'closed'
    },
    actual: ({ producer }) => producer.close(),
  },
  fail: {
    expected: ({ over }) => {
      over.producer ??= 'failed'
    },
    actual: ({ producer }) => producer.fail(new Error('out of luck')),
  },
  "abandon('producer')": {
    expected: ({ over }) => {
      over.producer ??= 'died'
    },
    actual({ producer, queue }) {
      // What a thread holds back is gone with it. This one lives on, and would publish it later.
      producer.flush()
      queue.abandon('producer')
    },
  },
}

const CONSUMING: Record<string, Operation> = {
  tryPop: {
    expected: (model) => model.pop(1),
    actual: ({ consumer }) => single(consumer.tryPop()),
  },
  pop: {
    expected: (model) => model.pop(1),
    actual: ({ consumer }) => single(consumer.pop(0)),
  },
  popAsync: {
    expected: (model) => model.pop(1),
    actual: async ({ consumer }) => single(await consumer.popAsync({ timeoutMs: 0 })),
  },
  popMany: {
    expected: (model, { count }) => model.pop(count),
    actual({ consumer }, { count }) {
      const into = new Array(count)
      const popped = consumer.popMany(into)
      return into.slice(0, popped)
    },
  },
  tryPopInto: {
    when: (_, { popInto }) => popInto !== undefined,
    expected: (model) => model.pop(1),
    actual: ({ consumer, kind }) => single(kind.popInto?.(consumer as never)),
  },
  'for await': {
    when: (model) => model.items.length + model.ahead.length > 0,
    expected: (model) => model.pop(1),
    async actual({ consumer }) {
      for await (const item of consumer) return [item]
      return []
    },
  },
  drain: {
    // What is there is given before the error that ends it.
    expected(model) {
      const drained = model.pop(Number.POSITIVE_INFINITY, false)
      model.pop(1)
      return drained
    },
    actual({ consumer }) {
      const drained: unknown[] = []
      consumer.drain((item) => drained.push(item))
      return drained
    },
  },
  awaitItems: {
    when: hasSpans,
    expected: awaitItems,
    actual: ({ consumer }) => consumer.awaitItems(0),
  },
  awaitItemsAsync: {
    when: hasSpans,
    expected: awaitItems,
    actual: ({ consumer }) => consumer.awaitItemsAsync({ timeoutMs: 0 }),
  },
  ended: {
    expected: (model) => model.ended,
    actual: ({ consumer, producer, queue }) => {
      // What the producer holds back is not in the queue yet, and a look at `ended` publishes nothing.
      if (!queue.closed) producer.flush()
      return consumer.ended
    },
  },
  'consumer.close': {
    expected: (model) => {
      model.over.consumer ??= 'closed'
      model.counts.popped += model.ahead.splice(0).length
    },
    actual: ({ consumer }) => consumer.close(),
  },
  "abandon('consumer')": {
    expected: (model) => {
      model.over.consumer ??= 'died'
      model.counts.popped += model.ahead.splice(0).length
    },
    actual({ consumer, queue }) {
      consumer.flush()
      queue.abandon('consumer')
    },
  },
}

const NOTHING: Given = { items: [], count: 0 }

function awaitItems(model: Model): boolean {
  if (model.over.consumer !== undefined) return false
  if (model.items.length > 0) return true
  model.pop(1)
  return false
}

function reserveAndCommit(model: Model, { producer, kind }: Real, { items, count }: Given): void {
  let span: ReturnType<typeof producer.reserve>
  try {
    span = producer.reserve(items.length)
  } catch (error) {
    deepStrictEqual((error as { code: string }).code, 'ERR_CLOSED')
    deepStrictEqual(model.over.producer !== undefined, true)
    return
  }
  model.makeRoom(Math.min(items.length, model.capacity))
  const { array, start, end } = span
  deepStrictEqual(Math.min(1, end - start), Math.min(1, items.length, model.room))
  const written = items.slice(0, end - start)
  written.forEach((item, i) => {
    kind.write?.(array, start + i, item as never)
  })
  const committed = Math.min(count, written.length)
  producer.commit(committed)
  model.items.push(...written.slice(0, committed))
  model.counts.pushed += committed
  if (committed > 0)
    deepStrictEqual(
      outcomeOf(() => producer.commit(1)),
      'ERR_OPTION',
    )
}

function peekAndRelease(model: Model, { consumer, kind }: Real, { count }: Given): void {
  if (model.onFull === 'overwrite-oldest') {
    deepStrictEqual(
      outcomeOf(() => consumer.peek(count)),
      'ERR_CAPABILITY',
    )
    return
  }
  const expected = outcomeOf(() => (count === 0 ? false : awaitItems(model)))
  const actual = outcomeOf(() => {
    const { array, start, end } = consumer.peek(count)
    const found = Array.from({ length: end - start }, (_, i) => kind.read?.(array, start + i))
    deepStrictEqual(found, model.items.slice(0, found.length))
    const released = Math.max(0, found.length - (count % 2))
    consumer.release(released)
    model.pop(released)
    return found.length > 0
  })
  deepStrictEqual(actual, expected)
}

/** What a call gives, or the code of what it throws. */
function outcomeOf(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    if (typeof error === 'string') return error
    const { code } = error as { code?: string }
    if (code === undefined || code === 'ERR_ASSERTION') throw error
    return code
  }
}

async function outcomeOfAsync(call: () => unknown): Promise<unknown> {
  let given: unknown
  try {
    given = await call()
  } catch (error) {
    return outcomeOf(() => {
      throw error
    })
  }
  return given
}

const SPANS: Record<string, SpanSteps> = { reserveAndCommit, peekAndRelease }
const OPERATIONS: Record<string, Operation | undefined> = { ...PRODUCING, ...CONSUMING }
/** Most of the fun is over with the stream, so what ends it is drawn seldom, and in half of the runs never. */
const ENDING = ['producer.close', 'fail', "abandon('producer')", 'consumer.close', "abandon('consumer')"]
const GOING_ON = [...Object.keys(OPERATIONS), ...Object.keys(SPANS)].filter((name) => !ENDING.includes(name))

async function apply(name: string, given: Given, model: Model, real: Real): Promise<void> {
  if ((name in PRODUCING || name === 'reserveAndCommit') && !producerLives(model)) return
  if ((name in CONSUMING || name === 'peekAndRelease') && !consumerLives(model)) return
  const operation = OPERATIONS[name]
  if (operation === undefined) {
    if (hasSpans(model, real.kind)) SPANS[name]?.(model, real, given)
  } else if (operation.when?.(model, real.kind) ?? true) {
    const outcome = outcomeOf(() => operation.expected(model, given))
    const isAsync = name.includes('sync') || name === 'for await'
    const call = () => operation.actual(real, given)
    deepStrictEqual(isAsync ? await outcomeOfAsync(call) : outcomeOf(call), outcome, name)
  }
  if (model.over.consumer === undefined) model.takeAhead(real.queue.stats().popped)
}

/** What all three tell once nothing is held back. */
function compare(model: Model, { queue, producer, consumer }: Real): void {
  if (producerLives(model)) producer.flush()
  if (consumerLives(model)) consumer.flush()
  const popped = model.counts.popped + model.ahead.length
  const closed = model.over.producer !== undefined || model.over.consumer !== undefined
  for (const told of [queue, producer, consumer]) {
    deepStrictEqual(
      { size: told.size, closed: told.closed, stats: told.stats() },
      { size: model.size, closed, stats: { ...model.counts, popped } },
    )
  }
}

for (const kind of ITEM_KINDS) {
  const steps = (names: string[]) =>
    fc.array(
      fc.record({
        name: fc.constantFrom(...names),
        items: fc.array(kind.item, { minLength: 1, maxLength: 9 }),
        count: fc.nat(9),
      }),
      { maxLength: 50 },
    )
  const unit = kind.cost === undefined ? 1 : 4
  // Rings of 64 slots or more hold back.
  const capacity = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 62, max: 70 })).map((n) => n * unit)
  const start = fc.oneof(
    fc.nat(200),
    fc.nat(200).map((n) => modulus / 2 - n),
    fc.nat(200).map((n) => modulus - n),
  )

  for (const onFull of POLICIES) {
    test(`${kind.name}, ${onFull}: every operation does what it does to an array with a limit`, async (t) => {
      await fc.assert(
        fc.asyncProperty(
          capacity,
          start,
          fc.constantFrom('adaptive', 'each'),
          fc.oneof(steps(GOING_ON), steps([...GOING_ON, ...ENDING])),
          async (capacity, start, publish, steps) => {
            const queue = createQueue({ capacity, publish, onFull, type: kind.type as AnyType })
            startAt(queue.handle, start)
            const ends = { producer: queue.producer(), consumer: queue.consumer() } as unknown as AnyEnds
            const real = { ...ends, kind, queue: queue as unknown as RingQueue }
            const model = new Model(capacity, onFull, kind)
            const before = queue.stats()
            model.counts.pushed = before.pushed
            model.counts.popped = before.popped
            for (const { name, items, count } of steps) {
              const fitting = items.filter((item) => model.cost(item) <= capacity)
              if (fitting.length > 0) await apply(name, { items: fitting, count }, model, real)
            }
            compare(model, real)
          },
        ),
        { numRuns: 300 },
      )
      t.pass()
    })
  }
}
