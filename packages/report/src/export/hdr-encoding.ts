import { deflateSync } from 'node:zlib'

// HdrHistogram's layout at two significant digits and a unit of 1: 256 slots of width 1, then 128 to the octave, each
// octave's twice as wide as those before. A record's buckets are cut in the same places, so that each is one slot.
const SIGNIFICANT_DIGITS = 2
const PER_OCTAVE = 128
const LOWEST_DISCERNIBLE = 1n
/** The largest value that a record holds. The same in every histogram, so that any two can be added. */
const HIGHEST_TRACKABLE = BigInt(Number.MAX_SAFE_INTEGER)

// V2, with counts of variable length (the 0x10).
const COOKIE = 0x1c849303 | 0x10
const COMPRESSED_COOKIE = 0x1c849304 | 0x10
const HEADER_BYTES = 40
const COMPRESSED_HEADER_BYTES = 8

/** As a record stores it: lowest value, width, count. */
export type Bucket = readonly [lowest: number, width: number, count: number]

/** The slot that is this bucket; `undefined` where none is. */
function slotOf([lowest, width]: Bucket): number | undefined {
  const octave = Math.log2(width)
  if (!Number.isInteger(octave) || !Number.isSafeInteger(lowest) || lowest < 0) return undefined
  const place = lowest / width
  const first = octave === 0 ? 0 : PER_OCTAVE
  if (!Number.isInteger(place) || place < first || place >= 2 * PER_OCTAVE) return undefined
  return octave * PER_OCTAVE + place
}

/** A signed number as its size: 0, -1, 1, -2 … become 0, 1, 2, 3 …; seven bits a byte, low ones first, 0x80: more. */
function zigZag(value: bigint): number[] {
  const bytes: number[] = []
  let rest = value < 0n ? -2n * value - 1n : 2n * value
  // The ninth byte takes eight bits: 64 bits end there.
  while (rest > 0x7fn && bytes.length < 8) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return bytes
}

/** Counts from slot 0 to the last that is occupied; a stretch of n > 1 empty ones is −n. */
function payloadOf(slots: readonly (readonly [slot: number, count: number])[]): Uint8Array {
  const bytes: number[] = []
  let next = 0
  for (const [slot, count] of slots) {
    const empty = slot - next
    if (empty > 0) bytes.push(...zigZag(empty === 1 ? 0n : BigInt(-empty)))
    bytes.push(...zigZag(BigInt(count)))
    next = slot + 1
  }
  return Uint8Array.from(bytes)
}

/**
 * HdrHistogram's V2 encoding, compressed, as base64: what stands in a `.hlog`. No count moves: it is the distribution
 * that is stored, at two significant digits.
 *
 * @param buckets ascending, of the widths that the `histogram` collector stores
 * @returns `undefined` where a bucket is none of those, or has no whole count above 0
 *
 * @example
 * encodeHistogram([[59_904, 256, 4470]]) // 'HISTFAAAAB…'
 */
export function encodeHistogram(buckets: readonly Bucket[]): string | undefined {
  const slots: (readonly [number, number])[] = []
  for (const bucket of buckets) {
    const slot = slotOf(bucket)
    const count = bucket[2]
    if (slot === undefined || slot <= (slots.at(-1)?.[0] ?? -1)) return undefined
    if (!Number.isSafeInteger(count) || count < 1) return undefined
    slots.push([slot, count])
  }
  const payload = payloadOf(slots)
  const plain = Buffer.alloc(HEADER_BYTES + payload.length)
  plain.writeInt32BE(COOKIE, 0)
  plain.writeInt32BE(payload.length, 4)
  // No slot is shifted: the normalising offset, at 8, stays 0.
  plain.writeInt32BE(SIGNIFICANT_DIGITS, 12)
  plain.writeBigInt64BE(LOWEST_DISCERNIBLE, 16)
  plain.writeBigInt64BE(HIGHEST_TRACKABLE, 24)
  plain.writeDoubleBE(1, 32)
  plain.set(payload, HEADER_BYTES)
  const compressed = deflateSync(plain)
  const whole = Buffer.alloc(COMPRESSED_HEADER_BYTES + compressed.length)
  whole.writeInt32BE(COMPRESSED_COOKIE, 0)
  whole.writeInt32BE(compressed.length, 4)
  whole.set(compressed, COMPRESSED_HEADER_BYTES)
  return whole.toString('base64')
}
