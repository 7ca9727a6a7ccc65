// Every operation of the ends that JavaScript has over queues in C++, and of rings with one end in each language, beside
// what it does to an array with a limit.
import type { ConsumerEnd, ProducerEnd } from '@spsc/core'
import native, { futexWaiting, mutex, nativeConsumer, nativeProducer } from '@spsc/queue-native'
import { createQueue } from '@spsc/queue-sab'
import fc from 'fast-check'
import { testNative as test } from './available.js'

interface Model {
  readonly capacity: number
  readonly items: number[]
  readonly closed: { producer: boolean; consumer: boolean }
  readonly rules: Rules
}

/** Where the kinds differ, as their documents say. */
interface Rules {
  /** Whether a consumer that has closed still pops what is inside. */
  readonly popsAfterClose: boolean
  /** Whether `tryPush` goes on after the consumer has closed: `ok` until full, else what it does then. */
  readonly tryPushUnwanted: 'goes on' | 'false'
}

interface Ends {
  readonly producer: Required<Pick<ProducerEnd, 'tryPush' | 'push' | 'close' | 'closed'>>
  readonly consumer: Required<Pick<ConsumerEnd, 'tryPop' | 'pop' | 'close' | 'closed'>>
}

interface Kind {
  readonly name: string
  readonly rules: Rules
  make(capacity: number): Ends
}

const ring = (capacity: number) => createQueue({ capacity, waiting: futexWaiting, publish: 'each' })
const KINDS: Kind[] = [
  ...[native, mutex].map((backend) => ({
    name: backend.name,
    rules: { popsAfterClose: true, tryPushUnwanted: backend === mutex ? 'false' : 'goes on' } as const,
    make(capacity: number) {
      const queue = backend.create({ capacity })
      return { producer: queue.producer(), consumer: queue.consumer() } as Ends
    },
  })),
  {
    name: 'C++ to JavaScript',
    rules: { popsAfterClose: false, tryPushUnwanted: 'goes on' },
    make(capacity) {
      const queue = ring(capacity)
      return { producer: nativeProducer(queue.handle), consumer: queue.consumer() } as Ends
    },
  },
  {
    name: 'JavaScript to C++',
    rules: { popsAfterClose: false, tryPushUnwanted: 'goes on' },
    make(capacity) {
      const queue = ring(capacity)
      return { producer: queue.producer(), consumer: nativeConsumer(queue.handle) } as Ends
    },
  },
]

/** A step whose outcome, a value or an error's code, must be the model's. */
class Step implements fc.Command<Model, Ends> {
  readonly name: string
  readonly expected: (model: Model) => unknown
  readonly actual: (ends: Ends) => unknown

  constructor(name: string, expected: (model: Model) => unknown, actual: (ends: Ends) => unknown) {
    this.name = name
    this.expected = expected
    this.actual = actual
  }

  check = () => true
  toString = () => this.name

  run(model: Model, ends: Ends) {
    const expected = this.expected(model)
    const actual = attempt(() => this.actual(ends))
    if (!Object.is(actual, expected)) throw new Error(`${this.name} gave ${actual}, not ${expected}`)
  }
}

function attempt(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return (error as { code: string }).code
  }
}

function put({ capacity, items }: Model, item: number): boolean {
  if (items.length === capacity) return false
  items.push(item)
  return true
}

function take({ closed, items, rules }: Model): number | undefined {
  return closed.consumer && !rules.popsAfterClose ? undefined : items.shift()
}

const items = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const steps = [
  items.map(
    (item) =>
      new Step(
        `tryPush(${item})`,
        (model) => {
          if (model.closed.producer) return 'ERR_CLOSED'
          return model.closed.consumer && model.rules.tryPushUnwanted === 'false' ? false : put(model, item)
        },
        ({ producer }) => producer.tryPush(item),
      ),
  ),
  items.map(
    (item) =>
      new Step(
        `push(${item}, 0)`,
        (model) => (model.closed.producer || model.closed.consumer ? 'ERR_CLOSED' : put(model, item)),
        ({ producer }) => producer.push(item, 0),
      ),
  ),
  fc.constant(new Step('tryPop()', take, ({ consumer }) => consumer.tryPop())),
  fc.constant(new Step('pop(0)', take, ({ consumer }) => consumer.pop(0))),
  ...(['producer', 'consumer'] as const).map((end) =>
    fc.constant(
      new Step(
        `${end}.closed`,
        ({ closed }) => closed.producer || closed.consumer,
        (ends) => ends[end].closed,
      ),
    ),
  ),
]
const closes = (['producer', 'consumer'] as const).map((end) =>
  fc.constant(
    new Step(
      `${end}.close()`,
      ({ closed }) => {
        closed[end] = true
      },
      (ends) => ends[end].close(),
    ),
  ),
)

for (const { name, rules, make } of KINDS) {
  test(`${name}: behaves as an array with a limit`, (t) => {
    // Closing ends most of the fun, so it is drawn seldom, and in half of the runs never.
    const anything = fc.commands([...steps, ...closes], { size: '+1' })
    const unclosed = fc.commands(steps, { size: '+1' })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.oneof(anything, unclosed), (capacity, commands) => {
        const model: Model = { capacity, items: [], closed: { producer: false, consumer: false }, rules }
        fc.modelRun(() => ({ model, real: make(capacity) }), commands)
      }),
      { numRuns: 1000 },
    )
    t.pass()
  })
}
