import type { Memory } from '../memory.js'
import { COUNT, HEAD, TAIL } from './words.js'

/*
 * What went through a queue since it was made, as doubles on lines of the end that writes them, beside those of its word,
 * which the other end reads all the time:
 *
 *   byte 128     192      200       208            256     320
 *        +------+--------+---------+-------------+-------+--------+
 *        | TAIL | pushed | dropped | overwritten | HEAD  | popped |
 *        +------+--------+---------+-------------+-------+--------+
 *
 * A word's count goes round after 2^30 slots. So that a total needn't be kept at each push, its owner notes it now and
 * then, at least once in 2^29 slots, and a reader adds what the word has moved on since: any note that is not older
 * than one round gives the same sum, so a racing reader can't go wrong. Where an item takes several slots the words do not
 * count items, so each is counted as it goes in or out.
 */
const PUSHED = 24
const DROPPED = 25
const OVERWRITTEN = 26
const POPPED = 40
const ROUND = 2 ** 30

/** Slots that a word counts, of those that ever were, given the last note. */
function total(note: number, word: number): number {
  return note + ((((word & COUNT) >>> 2) - note) & (ROUND - 1))
}

/** Exact numbers of items since the queue was made, while neither end is at work; else each of some moment. */
export interface Stats {
  /** Items that went in, without those not yet published. */
  readonly pushed: number
  /** Items that the consumer took. */
  readonly popped: number
  /** Items refused because the queue was full, by the policy `drop-newest`. */
  readonly dropped: number
  /** Items lost because newer ones took their place, by the policy `overwrite-oldest`. */
  readonly overwritten: number
}

export class Totals {
  readonly #words: Int32Array
  readonly #notes: Float64Array
  readonly #wordsCountItems: boolean

  constructor({ words, slotsPerUnit }: Memory) {
    this.#words = words
    this.#notes = new Float64Array(words.buffer, words.byteOffset, words.length >> 1)
    this.#wordsCountItems = slotsPerUnit === 1
  }

  /** For the owner of the word. */
  note(own: typeof TAIL | typeof HEAD, word: number): void {
    if (!this.#wordsCountItems) return
    const at = own === TAIL ? PUSHED : POPPED
    this.#notes[at] = total(this.#notes[at] as number, word)
  }

  /** For the producer of items that take several slots. */
  countPushed(items: number): void {
    ;(this.#notes[PUSHED] as number) += items
  }

  /** For the consumer of items that take several slots. */
  countPopped(): void {
    ;(this.#notes[POPPED] as number)++
  }

  /** For the producer. */
  countDropped(items: number): void {
    ;(this.#notes[DROPPED] as number) += items
  }

  /** For the producer, which moved HEAD on by one item. */
  countOverwritten(head: number): void {
    ;(this.#notes[OVERWRITTEN] as number)++
    this.note(HEAD, head)
  }

  read(): Stats {
    const [popped, overwritten, pushed, dropped] = [POPPED, OVERWRITTEN, PUSHED, DROPPED].map(
      (at) => this.#notes[at] as number,
    ) as [number, number, number, number]
    if (!this.#wordsCountItems) return { pushed, popped, dropped, overwritten }
    const head = total(popped, Atomics.load(this.#words, HEAD))
    const tail = total(pushed, Atomics.load(this.#words, TAIL))
    return { pushed: tail, popped: head - overwritten, dropped, overwritten }
  }
}
