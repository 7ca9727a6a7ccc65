import test from 'ava'
import { CLOSED, COUNT, WAITING } from '../../src/ring/words.js'
import { explore } from './explore.js'
import { Consumer, type Do, exchange, load, Producer, Words } from './ring.js'

/** One item short of the wrap, so every search crosses it. */
const START = -4

type Ends = { producer: Producer; consumer: Consumer }

/** What the two threads do, and what must come out whatever their order. */
interface Scenario {
  readonly title: string
  readonly produce: (ends: Ends) => Do<unknown>
  readonly consume: (ends: Ends) => Do<unknown>
  readonly outcomes: (produced: unknown, consumed: unknown) => boolean
}

function* pushAll({ producer }: Ends, items: readonly number[], close: boolean): Do<unknown[]> {
  const pushed = []
  for (const item of items) pushed.push(yield* producer.push(item))
  if (close) yield* producer.words.close('TAIL')
  return pushed
}

function* popAll({ consumer }: Ends, pops: number, close: boolean): Do<unknown[]> {
  const popped = []
  for (let pop = 0; pop < pops; pop++) popped.push(yield* consumer.pop())
  if (close) yield* consumer.words.close('HEAD')
  return popped
}

const same = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right)

const SCENARIOS: Scenario[] = [
  {
    title: 'a stream that is not closed arrives, and nobody sleeps for ever',
    produce: (ends) => pushAll(ends, [1, 2, 3], false),
    consume: (ends) => popAll(ends, 3, false),
    outcomes: (produced, consumed) => same(produced, [true, true, true]) && same(consumed, [1, 2, 3]),
  },
  {
    title: 'a stream that is closed arrives and ends',
    produce: (ends) => pushAll(ends, [1, 2], true),
    consume: (ends) => popAll(ends, 4, false),
    outcomes: (produced, consumed) => same(produced, [true, true]) && same(consumed, [1, 2, undefined, undefined]),
  },
  {
    title: "the consumer's close ends a push that waits",
    produce: (ends) => pushAll(ends, [1, 2, 3, 4], false),
    consume: (ends) => popAll(ends, 1, true),
    outcomes: (produced, consumed) => same((produced as unknown[]).at(-1), undefined) && same(consumed, [1]),
  },
  {
    title: 'both ends may close at once',
    produce: (ends) => pushAll(ends, [1], true),
    consume: (ends) => popAll(ends, 1, true),
    outcomes: (_, consumed) => same(consumed, [1]),
  },
  {
    title: 'ends that time out at any moment go on as if they had not',
    *produce({ producer }) {
      for (const item of [1, 2]) if ((yield* producer.push(item, true)) === false) yield* producer.push(item)
    },
    *consume({ consumer }) {
      const popped = []
      while (popped.length < 2) {
        const item = (yield* consumer.pop(true)) ?? (yield* consumer.pop())
        popped.push(item)
      }
      return popped
    },
    outcomes: (_, consumed) => same(consumed, [1, 2]),
  },
  {
    title: 'a consumer that times out and goes on until the stream has ended gets every item',
    produce: (ends) => pushAll(ends, [1, 2], true),
    *consume({ consumer }) {
      const popped = []
      for (let timed = true; !(yield* consumer.words.hasEnded(consumer.head)); timed = false) {
        const item = yield* consumer.pop(timed)
        if (item !== undefined) popped.push(item)
      }
      return popped
    },
    outcomes: (_, consumed) => same(consumed, [1, 2]),
  },
]

function search({ produce, consume, outcomes }: Scenario, capacity: number, words = new Words()): number {
  const start = () => {
    const ends = {
      producer: new Producer(words, capacity, START & COUNT),
      consumer: new Consumer(words, capacity, START & COUNT),
    }
    return [produce(ends), consume(ends)]
  }
  return explore({ TAIL: START, HEAD: START }, start, ([produced, consumed]) => {
    if (!outcomes(produced, consumed)) throw new Error(`produced ${produced}, consumed ${consumed}`)
  })
}

for (const scenario of SCENARIOS) {
  for (const capacity of [1, 2]) {
    test(`in every order, capacity ${capacity}: ${scenario.title}`, (t) => {
      const states = search(scenario, capacity)
      t.log(`${states} states`)
      t.true(states > 100)
    })
  }
}

// A search that finds nothing must be able to find something.
const MUTANTS: Record<string, Words> = {
  'publish does not notify': new (class extends Words {
    override *publish(own: string, _from: number, to: number): Do<void> {
      yield exchange(own, to)
    }
  })(),
  'publish is a load and a store': new (class extends Words {
    override *publish(own: string, from: number, to: number): Do<void> {
      const old = yield load(own)
      yield exchange(own, to)
      if (old !== from) yield { wake: own }
    }
  })(),
  'close does not notify': new (class extends Words {
    override *close(own: string): Do<void> {
      yield (memory) => exchange(own, (memory[own] ?? 0) | 2)(memory)
    }
  })(),
  'close notifies first': new (class extends Words {
    override *close(own: string): Do<void> {
      yield { wake: own }
      yield (memory) => exchange(own, (memory[own] ?? 0) | 2)(memory)
    }
  })(),
  'the sleeper sets WAITING whatever the word is by now': new (class extends Words {
    override *setWaiting(peer: string, seen: number): Do<boolean> {
      yield exchange(peer, seen | WAITING)
      return true
    }
  })(),
  'the sleeper does not say that it sleeps': new (class extends Words {
    override *awaitPeer(peer: string, count: number): Do<boolean> {
      for (;;) {
        const seen = yield load(peer)
        if (seen !== count) return true
        yield { sleepOn: peer, while: seen, timed: false }
      }
    }
  })(),
}

function errorsOf(words: Words): string[] {
  return SCENARIOS.map((scenario) => {
    try {
      search(scenario, 1, words)
      return ''
    } catch (error) {
      return (error as Error).message
    }
  })
}

for (const [title, words] of Object.entries(MUTANTS)) {
  test(`the search notices when ${title}`, (t) => {
    const errors = errorsOf(words)
    t.true(
      errors.some((message) => message.startsWith('asleep for ever')),
      errors.join(),
    )
  })
}

test('the search notices when the end is told by CLOSED alone, without the count', (t) => {
  const words = new (class extends Words {
    override *hasEnded(): Do<boolean> {
      return ((yield load('TAIL')) & CLOSED) !== 0
    }
  })()
  const errors = errorsOf(words)
  t.true(
    errors.some((message) => message.startsWith('produced')),
    errors.join(),
  )
})
