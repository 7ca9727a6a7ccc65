import type { Consumer, Producer } from '@spsc/queue-sab'
import test from 'ava'
import fc from 'fast-check'
import { KINDS } from './kinds.js'

/** What the queue should be: an array, and who has closed. */
interface Model {
  readonly capacity: number
  readonly items: number[]
  readonly closed: { producer: boolean; consumer: boolean }
}

interface Real {
  readonly producer: Producer
  readonly consumer: Consumer
}

/** A step whose outcome, a value or an error's code, must be the model's. */
class Step implements fc.Command<Model, Real> {
  readonly name: string
  readonly expected: (model: Model) => unknown
  readonly actual: (real: Real) => unknown

  constructor(name: string, expected: (model: Model) => unknown, actual: (real: Real) => unknown) {
    this.name = name
    this.expected = expected
    this.actual = actual
  }

  check = () => true

  run(model: Model, real: Real) {
    const expected = this.expected(model)
    const actual = attempt(() => this.actual(real))
    if (!Object.is(actual, expected)) throw new Error(`${this.name} gave ${actual}, not ${expected}`)
  }

  toString = () => this.name
}

function attempt(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return (error as { code: string }).code
  }
}

function push({ capacity, items }: Model, item: number): boolean {
  if (items.length === capacity) return false
  items.push(item)
  return true
}

function pop({ closed, items }: Model): number | undefined {
  return closed.consumer ? undefined : items.shift()
}

function isClosed({ closed }: Model): boolean {
  return closed.producer || closed.consumer
}

const i32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })

const steps = [
  i32.map(
    (item) =>
      new Step(
        `tryPush(${item})`,
        (model) => (model.closed.producer ? 'ERR_CLOSED' : push(model, item)),
        ({ producer }) => producer.tryPush(item),
      ),
  ),
  i32.map(
    (item) =>
      new Step(
        `push(${item}, 0)`,
        (model) => (isClosed(model) ? 'ERR_CLOSED' : push(model, item)),
        ({ producer }) => producer.push(item, 0),
      ),
  ),
  fc.constant(new Step('tryPop()', pop, ({ consumer }) => consumer.tryPop())),
  fc.constant(new Step('pop(0)', pop, ({ consumer }) => consumer.pop(0))),
  fc.constant(
    new Step(
      'size',
      ({ items }) => items.length,
      ({ producer }) => producer.size,
    ),
  ),
  fc.constant(new Step('closed', isClosed, ({ consumer }) => consumer.closed)),
  fc.constant(
    new Step(
      'ended',
      ({ closed, items }) => closed.consumer || (closed.producer && items.length === 0),
      ({ consumer }) => consumer.ended,
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
      (real) => real[end].close(),
    ),
  ),
)

for (const { name, create, startAt, modulus } of KINDS) {
  test(`${name}: behaves as an array with a limit, wherever its counts are`, (t) => {
    const counts = fc.oneof(
      fc.constant(0),
      fc.integer({ min: 1, max: 20 }).map((items) => modulus - items),
    )
    // Closing ends most of the fun, so it is drawn seldom, and in half of the runs never.
    const anything = fc.commands([...steps, ...closes], { size: '+1' })
    const unclosed = fc.commands(steps, { size: '+1' })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), counts, fc.oneof(anything, unclosed), (capacity, items, commands) => {
        const queue = create({ capacity })
        startAt(queue.handle, items)
        const model = { capacity, items: [], closed: { producer: false, consumer: false } }
        fc.modelRun(() => ({ model, real: { producer: queue.producer(), consumer: queue.consumer() } }), commands)
      }),
      { numRuns: 1000 },
    )
    t.pass()
  })
}
