import { LEDGER_SEGMENTS } from '@spsc/core'

/** Places of the segments in a vector of {@link LEDGER_SEGMENTS}. */
export const [P_LATE, P_RUNQ, P_OWN, C_WAKE, C_RUNQ, S_CPU, S_RUNQ, S_OFF] = [0, 1, 2, 3, 4, 5, 6, 7] as const
export const WIDTH = LEDGER_SEGMENTS.length

/** A stretch of one end's time, in whole nanoseconds, and how much of it belongs to which segment. */
export interface Tile {
  start: number
  end: number
  /** Adds up to `end - start`. */
  readonly parts: Float64Array
}

/** One end's time: tiles in order that may leave holes between them. Reading one twice gives the same. */
export interface Tiling {
  readonly count: number
  /** Writes tile `index`. Called with an index no lower than before. */
  read(index: number, tile: Tile): void
}

export function add(sums: Float64Array, place: number, amount: number): void {
  sums[place] = (sums[place] as number) + amount
}

/** Walks down a tiling and adds up what it has passed. */
class Walker {
  readonly tile: Tile = { start: 0, end: Number.NEGATIVE_INFINITY, parts: new Float64Array(WIDTH) }
  /** Sums over the tiles before this one. */
  readonly before = new Float64Array(WIDTH)
  index = -1
  readonly #tiling: Tiling

  constructor(tiling: Tiling) {
    this.#tiling = tiling
  }

  /** Goes on to the first tile that ends after `time`, or to the last one. */
  passTo(time: number): void {
    while (this.tile.end <= time && this.index + 1 < this.#tiling.count) {
      for (let segment = 0; segment < WIDTH; segment++) add(this.before, segment, this.tile.parts[segment] as number)
      this.#tiling.read(++this.index, this.tile)
    }
  }
}

/** ⌊part · share / length⌋ of whole numbers, also where the product is more than a double holds. */
function scaled(part: number, share: number, length: number): number {
  const product = part * share
  if (product > Number.MAX_SAFE_INTEGER) return Number((BigInt(part) * BigInt(share)) / BigInt(length))
  return (product - (product % length)) / length
}

function remainder(part: number, share: number, length: number): number {
  const product = part * share
  return product > Number.MAX_SAFE_INTEGER ? Number((BigInt(part) * BigInt(share)) % BigInt(length)) : product % length
}

/**
 * Adds `share` nanoseconds of a tile to `sums`, split as the tile is: each part gets its proportion rounded down, and
 * the nanoseconds left over go to the largest remainders (Hamilton's method: Balinski and Young, Fair Representation,
 * 1982). So what is added is exactly `share`, no part gets less than 0 or more than it has, and each is within 1 ns of
 * its proportion.
 */
export function addShare({ start, end, parts }: Tile, share: number, sums: Float64Array, offset: number): void {
  const length = end - start
  let left = share
  for (let segment = 0; segment < WIDTH; segment++) {
    const part = parts[segment] as number
    if (part === 0) continue
    const amount = share === length ? part : scaled(part, share, length)
    add(sums, offset + segment, amount)
    left -= amount
  }
  for (let given = 0; left > 0; left--) {
    let largest = 0
    let most = -1
    for (let segment = 0; segment < WIDTH; segment++) {
      const rest = given & (1 << segment) ? -1 : remainder(parts[segment] as number, share, length)
      if (rest > most) [largest, most] = [segment, rest]
    }
    given |= 1 << largest
    add(sums, offset + largest, 1)
  }
}

/**
 * What one end was doing, as a function of time that can be asked for stretches: each no earlier, at both ends, than the
 * one before. Takes as long as the tiling, and no memory for it.
 *
 * ```
 * tiles     | tail            |     |        |  head         |
 * stretch         from ================================ to
 *                  share of it   whole tiles:   share of it
 *                                difference of sums
 * ```
 */
export class Timeline {
  readonly #tail: Walker
  readonly #head: Walker

  /** @param tiling makes it twice, since two walk down it */
  constructor(tiling: () => Tiling) {
    this.#tail = new Walker(tiling())
    this.#head = new Walker(tiling())
  }

  /** Adds what was done from `from` to `to` to `sums`; holes add nothing. */
  charge(from: number, to: number, sums: Float64Array, offset = 0): void {
    if (to <= from) return
    const tail = this.#tail
    const head = this.#head
    tail.passTo(from)
    // Whole nanoseconds: the tile that ends after to - 1 is the one that ends at `to` or after.
    head.passTo(to - 1)
    const first = tail.tile
    const last = head.tile
    if (tail.index === head.index) {
      const share = Math.min(to, last.end) - Math.max(from, last.start)
      if (share > 0) addShare(last, share, sums, offset)
      return
    }
    const begun = first.end - Math.max(from, first.start)
    if (begun > 0) addShare(first, begun, sums, offset)
    for (let segment = 0; segment < WIDTH; segment++) {
      const whole = (head.before[segment] as number) - (tail.before[segment] as number)
      add(sums, offset + segment, whole - (first.parts[segment] as number))
    }
    const rest = Math.min(to, last.end) - last.start
    if (rest > 0) addShare(last, rest, sums, offset)
  }
}
