import type { Hash } from './hash.js'
import type { Thread } from './thread.js'

/** A value that has been overwritten, and by which of whose writes. */
interface Older {
  readonly value: unknown
  readonly thread: number
  readonly write: number
}

/**
 * Which values a plain read that races with writes may get: that of memory, or any older one whose overwriting does not come
 * before the read. That is what ECMA-262 allows it, but for values that have yet to be written; those it gets where it comes
 * later in another order.
 *
 * What comes before what is kept as vector clocks: an atomic read comes after the atomic write whose value it reads, who has
 * been woken after who has notified, a thread that begins once another is over after all that one has done.
 */
export class StaleValues {
  readonly #threads: readonly Thread[]
  /** The clock of the last atomic write, by address. */
  readonly #written = new Map<number, readonly number[]>()
  /** Values that some thread may still read, by address, the oldest first. */
  readonly #older = new Map<number, Older[]>()
  /** Addresses that a racing read has been of. How stale they are belongs to the state. */
  readonly addresses = new Set<number>()

  constructor(threads: readonly Thread[]) {
    this.#threads = threads
    for (const thread of threads) thread.clock.push(...threads.map(() => 0))
  }

  reset(): void {
    this.#written.clear()
    this.#older.clear()
  }

  atomicRead(thread: Thread, address: number): void {
    const written = this.#written.get(address)
    if (written) join(thread.clock, written)
  }

  /** @param before what it overwrites */
  write(thread: Thread, address: number, isAtomic: boolean, before: unknown): void {
    const { clock, index } = thread
    const write = (clock[index] as number) + 1
    clock[index] = write
    if (isAtomic) this.#written.set(address, clock.slice())
    const older = this.#older.get(address)
    const one = { value: before, thread: index, write }
    if (older === undefined) this.#older.set(address, [one])
    else {
      // Every thread knows by now that these are gone.
      while (older[0] !== undefined && this.#threads.every(({ clock }) => ruledOut(older[0] as Older, clock)))
        older.shift()
      older.push(one)
    }
  }

  /** What `thread` does from now on comes after all before `clock`. */
  order(clock: readonly number[], thread: Thread): void {
    join(thread.clock, clock)
  }

  /** Older values that a racing read of `thread` may get, the oldest first; each once. */
  of({ clock, index }: Thread, address: number): unknown[] {
    const all = this.#older.get(address) ?? []
    const from = all.findLastIndex((one) => one.thread === index || ruledOut(one, clock)) + 1
    return [...new Set(all.slice(from).map(({ value }) => value))]
  }

  hash(hash: Hash): void {
    for (const address of this.addresses) {
      hash.word(-1)
      for (const one of this.#older.get(address) ?? []) {
        if (this.#threads.every(({ clock }) => ruledOut(one, clock))) continue
        hash.value(one.value)
        hash.word(one.thread)
        // Who knows that it is gone, and who can learn it from which word.
        for (const { clock } of this.#threads) hash.word(ruledOut(one, clock) ? 1 : 0)
        for (const [word, clock] of this.#written) if (ruledOut(one, clock)) hash.value(word)
      }
    }
  }
}

function ruledOut({ thread, write }: Older, clock: readonly number[]): boolean {
  return (clock[thread] as number) >= write
}

function join(clock: number[], other: readonly number[]): void {
  for (let i = 0; i < clock.length; i++) if ((other[i] as number) > (clock[i] as number)) clock[i] = other[i] as number
}
