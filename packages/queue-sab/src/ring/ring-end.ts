import type { Memory } from '../memory.js'
import type { RingEnd as Contract } from '../queue.js'
import type { Holding } from './pending.js'
import { flushLater, flushPending, pendingEnds } from './pending.js'
import { type Stats, Totals } from './totals.js'
import { heldBack, ITEM, isClosed, type Patience, sizeOf } from './words.js'

export interface EndOptions extends Patience {
  /** Whether items may be held back for a moment, to be published together. */
  readonly adaptive: boolean
}

/** What the two ends of a ring have in common: their memory, how they wait, and what they hold back. */
export abstract class RingEnd implements Contract, Holding {
  readonly capacity: number
  protected readonly words: Int32Array
  /** Slots that may be in use. */
  protected readonly slotsInUse: number
  protected readonly totals: Totals
  protected patience: Patience
  protected closedHere = false
  /** Whether an item that finds no room takes the place of the oldest: then the producer moves HEAD on as well. */
  protected readonly overwriting: boolean
  /** Slots that may be held back, times ITEM: one where each is published at once. */
  protected readonly gather: number
  readonly #slotsPerUnit: number
  #listed = false

  constructor(memory: Memory, { adaptive, ...patience }: EndOptions, mostHeld: number) {
    this.capacity = memory.capacity
    this.words = memory.words
    this.slotsInUse = memory.size
    this.totals = new Totals(memory)
    this.patience = patience
    this.overwriting = memory.onFull === 'overwrite-oldest'
    this.gather = adaptive ? heldBack(memory, mostHeld) : ITEM
    this.#slotsPerUnit = memory.slotsPerUnit
  }

  abstract flush(): void

  flushHeld(): void {
    this.#listed = false
    this.flush()
  }

  get closed(): boolean {
    return isClosed(this.words)
  }

  get size(): number {
    return sizeOf(this.words, this.slotsInUse) / this.#slotsPerUnit
  }

  stats(): Stats {
    this.flush()
    return this.totals.read()
  }

  ref(): this {
    return this.#keepAlive(true)
  }

  unref(): this {
    return this.#keepAlive(false)
  }

  /** Something is held back from now on. */
  protected hold(): void {
    if (this.#listed) return
    this.#listed = true
    flushLater(this)
  }

  /**
   * Makes visible what this end and the others of this thread hold back. This one stays on the list, as it will hold
   * something back again at once: to leave and come back costs more than to look for others.
   */
  protected flushAll(): void {
    this.flush()
    if (pendingEnds() > (this.#listed ? 1 : 0)) flushPending()
  }

  #keepAlive(keepAlive: boolean): this {
    this.patience = { ...this.patience, keepAlive }
    return this
  }
}
