import { bytes, clone, frames, json, record } from '@spsc/queue-sab'

// Items of each type that carry a number several times over, so that one which is torn between two tells.

const TORN = Number.NaN

/** @param {number} length @param {number} n */
function bytesOf(length, n) {
  const item = new Uint8Array(length).fill(n & 0xff)
  new DataView(item.buffer).setUint32(0, n)
  return item
}

/** @param {Uint8Array} item */
function numberIn(item) {
  const n = new DataView(item.buffer, item.byteOffset).getUint32(0)
  return item.subarray(4).every((byte) => byte === (n & 0xff)) ? n : TORN
}

/** @param {number} n */
const frameLength = (n) => 4 + (n % 23)
/** @param {number} n */
const text = (n) => 'aü漢😀'.slice(0, n % 5)

const fields = record({ flag: 'bool', id: 'u32', half: 'f64', big: 'i64', text: 'ascii11' })

/**
 * Per type: the number `n` as an item and back, and the capacity for about so many of them.
 *
 * @satisfies {Record<string, { type: unknown, of(n: number): unknown, number(item: never): number, capacity(items: number): number }>}
 */
export const ITEMS = {
  i32: { type: 'i32', of: (n) => n, number: (item) => item, capacity: (items) => items },
  f64: { type: 'f64', of: (n) => n / 2, number: (item) => item * 2, capacity: (items) => items },
  i64: { type: 'i64', of: (n) => BigInt(n) << 20n, number: (item) => Number(item >> 20n), capacity: (items) => items },
  bytes: { type: bytes(13), of: (n) => bytesOf(13, n), number: numberIn, capacity: (items) => items },
  record: {
    type: fields,
    of: (n) => ({ flag: n % 2 === 1, id: n, half: n / 2, big: BigInt(n), text: `${n}` }),
    number: ({ flag, id, half, big, text }) =>
      half * 2 === id && big === BigInt(id) && text === `${id}` && flag === (id % 2 === 1) ? id : TORN,
    capacity: (items) => items,
  },
  frames: {
    type: frames(),
    of: (n) => bytesOf(frameLength(n), n),
    number: (item) => (item.length === frameLength(numberIn(item)) ? numberIn(item) : TORN),
    capacity: (items) => items * 32,
  },
  json: {
    type: json(),
    of: (n) => ({ n, text: text(n) }),
    number: (item) => (item.text === text(item.n) ? item.n : TORN),
    capacity: (items) => items * 40,
  },
  clone: {
    type: clone(),
    of: (n) => new Map([[n, text(n)]]),
    number: (item) => [...item].map(([n, found]) => (found === text(n) ? n : TORN))[0],
    capacity: (items) => items * 40,
  },
}
