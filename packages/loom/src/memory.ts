import type { Hash } from './hash.js'
import type { View } from './operation.js'

/** A shared buffer, as words of 32 bits, or bytes where its length is no multiple of four. */
interface Piece {
  readonly buffer: ArrayBufferLike
  readonly words: Int32Array | Uint8Array
  readonly initial: Int32Array | Uint8Array
  /** Its first byte's address. */
  readonly base: number
  /** Words that any execution has written, as flags and as a list. */
  readonly dirty: Uint8Array
  readonly written: number[]
}

/** Between two buffers' first addresses. */
const APART = 2 ** 32

/** All memory that threads share, by addresses that are the same in each execution. */
export class SharedMemory {
  readonly #pieces: Piece[] = []
  #last: Piece | undefined

  #pieceOf(buffer: ArrayBufferLike): Piece {
    if (this.#last?.buffer === buffer) return this.#last
    let piece = this.#pieces.find((one) => one.buffer === buffer)
    if (piece === undefined) {
      const words = buffer.byteLength % 4 === 0 ? new Int32Array(buffer) : new Uint8Array(buffer)
      const dirty = new Uint8Array(words.length)
      piece = { buffer, words, initial: words.slice(), base: this.#pieces.length * APART, dirty, written: [] }
      this.#pieces.push(piece)
    }
    this.#last = piece
    return piece
  }

  /** Which buffer it is, in the order of their first accesses. */
  numberOf(buffer: ArrayBufferLike): number {
    return this.#pieceOf(buffer).base / APART
  }

  wordsOf(number: number): Int32Array {
    return new Int32Array((this.#pieces[number] as Piece).buffer)
  }

  addressOf(view: View, index: number): number {
    return this.#pieceOf(view.buffer).base + view.byteOffset + index * view.BYTES_PER_ELEMENT
  }

  /** To be called for each write, before or after it. */
  touch(view: View, index: number): void {
    const { words, dirty, written } = this.#pieceOf(view.buffer)
    const width = words.BYTES_PER_ELEMENT
    const byte = view.byteOffset + index * view.BYTES_PER_ELEMENT
    for (let word = Math.floor(byte / width); word * width < byte + view.BYTES_PER_ELEMENT; word++) {
      if (dirty[word] === 1) continue
      dirty[word] = 1
      written.push(word)
    }
  }

  /** Makes what is there now what each execution begins with. */
  keep(): void {
    for (const { words, initial } of this.#pieces) initial.set(words)
  }

  restore(): void {
    for (const { words, initial, written } of this.#pieces) {
      for (const word of written) words[word] = initial[word] as number
    }
  }

  hash(hash: Hash): void {
    for (const { words, written } of this.#pieces) for (const word of written) hash.word(words[word] as number)
  }
}
