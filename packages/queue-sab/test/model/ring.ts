import { CLOSED, COUNT, ITEM, WAITING } from '../../src/ring/words.js'
import { type Memory, type Step, TIMED_OUT } from './explore.js'

// src/ring, operation by operation: every `yield` is one Atomics call or one access to a slot there.

export type Do<Result> = Generator<Step, Result, number>

const read = (memory: Memory, name: string) => memory[name] ?? 0
export const load = (name: string) => (memory: Memory) => read(memory, name)
export const exchange = (name: string, value: number) => (memory: Memory) => {
  const old = read(memory, name)
  memory[name] = value
  return old
}
const or = (name: string, bits: number) => (memory: Memory) => exchange(name, read(memory, name) | bits)(memory)
const compareExchange = (name: string, expected: number, value: number) => (memory: Memory) =>
  read(memory, name) === expected ? exchange(name, value)(memory) : read(memory, name)

/** src/ring/words.ts */
export class Words {
  *publish(own: string, from: number, to: number): Do<void> {
    if ((yield exchange(own, to)) !== from) yield { wake: own }
  }

  *close(own: string): Do<void> {
    yield or(own, CLOSED)
    yield { wake: own }
  }

  *hasEnded(head: number): Do<boolean> {
    return ((yield load('TAIL')) & ~WAITING) === (head | CLOSED)
  }

  *setWaiting(peer: string, seen: number): Do<boolean> {
    return (yield compareExchange(peer, seen, seen | WAITING)) === seen
  }

  *awaitPeer(peer: string, count: number, timed: boolean): Do<boolean> {
    for (let timedOut = false; ; ) {
      const seen = yield load(peer)
      if ((seen & ~WAITING) !== count) return true
      if (timedOut) return false
      if (!(yield* this.setWaiting(peer, seen))) continue
      timedOut = (yield { sleepOn: peer, while: seen | WAITING, timed }) === TIMED_OUT
    }
  }
}

function slot(count: number, capacity: number): string {
  return `slot ${(count >>> 2) % 2 ** (32 - Math.clz32(capacity - 1))}`
}

/** src/ring/producer.ts */
export class Producer {
  readonly words: Words
  readonly capacity: number
  tail: number
  limit: number

  constructor(words: Words, capacity: number, start: number) {
    this.words = words
    this.capacity = capacity
    this.tail = start
    this.limit = start
  }

  *tryPush(item: number): Do<boolean> {
    if (this.tail === this.limit) {
      this.limit = (((yield load('HEAD')) & COUNT) + this.capacity * ITEM) | 0
      if (this.tail === this.limit) return false
    }
    yield exchange(slot(this.tail, this.capacity), item)
    const from = this.tail
    this.tail = (from + ITEM) | 0
    yield* this.words.publish('TAIL', from, this.tail)
    return true
  }

  /** `undefined` in place of ERR_CLOSED. */
  *push(item: number, timed = false): Do<boolean | undefined> {
    if (((yield load('HEAD')) & CLOSED) !== 0) return undefined
    if (yield* this.tryPush(item)) return true
    if (!(yield* this.words.awaitPeer('HEAD', (this.tail - this.capacity * ITEM) | 0, timed))) return false
    if (((yield load('HEAD')) & CLOSED) !== 0) return undefined
    return yield* this.tryPush(item)
  }
}

/** src/ring/consumer.ts */
export class Consumer {
  readonly words: Words
  readonly capacity: number
  head: number
  limit: number

  constructor(words: Words, capacity: number, start: number) {
    this.words = words
    this.capacity = capacity
    this.head = start
    this.limit = start
  }

  *tryPop(): Do<number | undefined> {
    if (this.head === this.limit) {
      this.limit = (yield load('TAIL')) & COUNT
      if (this.head === this.limit) return undefined
    }
    const item = yield load(slot(this.head, this.capacity))
    const from = this.head
    this.head = (from + ITEM) | 0
    yield* this.words.publish('HEAD', from, this.head)
    return item
  }

  *pop(timed = false): Do<number | undefined> {
    const item = yield* this.tryPop()
    if (item !== undefined) return item
    yield* this.words.awaitPeer('TAIL', this.head, timed)
    return yield* this.tryPop()
  }
}
