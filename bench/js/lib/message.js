// A message carries its number in its first and its last four bytes, so that one that is torn or stale is told.
import { mismatch } from './check.js'

/** One message that is written or read again and again, by words. */
export class Message {
  constructor(size) {
    this.words = new Int32Array(size / 4).fill(0x55555555)
    this.bytes = new Uint8Array(this.words.buffer)
  }

  get item() {
    const { words } = this
    const item = words[0]
    if (words[words.length - 1] !== item) throw mismatch(words[words.length - 1], item)
    return item
  }

  set item(item) {
    this.words[0] = item
    this.words[this.words.length - 1] = item
  }
}

/** The same in bytes that lie elsewhere, where a view of words would cost more than it saves. */
export function writeItem(bytes, item) {
  writeWord(bytes, 0, item)
  writeWord(bytes, bytes.length - 4, item)
}

export function readItem(bytes) {
  const item = readWord(bytes, 0)
  const last = readWord(bytes, bytes.length - 4)
  if (last !== item) throw mismatch(last, item)
  return item
}

function writeWord(bytes, at, word) {
  bytes[at] = word
  bytes[at + 1] = word >> 8
  bytes[at + 2] = word >> 16
  bytes[at + 3] = word >> 24
}

function readWord(bytes, at) {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
}
