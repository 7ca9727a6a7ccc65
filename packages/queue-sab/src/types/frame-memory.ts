import { LITTLE, type Memory, slotsOf } from '../memory.js'

/*
 * A frame is a slot with its length in bytes, then its bytes, up to a whole number of slots. It may go on at the start of
 * the memory, so one may be as long as the ring.
 *
 *   slots of 4 bytes: [ … | 6 | b b b b | b b . . | 1 | b . . . | … ]
 */
export const SLOT = 4

/** Slots of a frame of so many bytes. */
export function slotsFor(bytes: number): number {
  return 1 + ((bytes + SLOT - 1) >>> 2)
}

/** The slots as lengths and as bytes. */
export class FrameMemory {
  readonly #lengths: Int32Array
  readonly #bytes: Uint8Array
  readonly #mask: number

  constructor(memory: Memory) {
    this.#lengths = slotsOf(memory, Int32Array)
    this.#bytes = slotsOf(memory, Uint8Array)
    this.#mask = this.#lengths.length - 1
  }

  /** The length in bytes of the frame at `count`: at most `most`, whatever is there. */
  lengthAt(count: number, most: number): number {
    return Math.min((this.#lengths[(count >>> 2) & this.#mask] as number) >>> 0, most)
  }

  write(count: number, bytes: Uint8Array): void {
    this.#lengths[(count >>> 2) & this.#mask] = bytes.length
    const at = this.#byteAfter(count)
    const whole = this.#bytes.length - at
    if (bytes.length <= whole) {
      this.#bytes.set(bytes, at)
    } else {
      this.#bytes.set(bytes.subarray(0, whole), at)
      this.#bytes.set(bytes.subarray(whole))
    }
  }

  /**
   * Writes text in place, a byte per character, four at a time.
   *
   * @returns `false`: it is not all ASCII, and what is there now is no frame
   */
  writeAscii(count: number, text: string): boolean {
    const slots = this.#lengths
    const length = text.length
    slots[(count >>> 2) & this.#mask] = length
    const whole = length & ~3
    let slot = (count >>> 2) + 1
    let bits = 0
    for (let i = 0; i < whole; i += 4) {
      const a = text.charCodeAt(i)
      const b = text.charCodeAt(i + 1)
      const c = text.charCodeAt(i + 2)
      const d = text.charCodeAt(i + 3)
      bits |= a | b | c | d
      slots[slot++ & this.#mask] = a | (b << 8) | (c << 16) | (d << 24)
    }
    let last = 0
    for (let i = length - 1; i >= whole; i--) {
      const code = text.charCodeAt(i)
      bits |= code
      last = (last << 8) | code
    }
    if (whole < length) slots[slot & this.#mask] = last
    return LITTLE && bits < 0x80
  }

  /** Copies the frame at `count` to `into`, from its byte `to` on. */
  read(count: number, length: number, into: Uint8Array, to = 0): void {
    const at = this.#byteAfter(count)
    const whole = this.#bytes.length - at
    if (length <= whole) {
      into.set(this.#bytes.subarray(at, at + length), to)
    } else {
      into.set(this.#bytes.subarray(at), to)
      into.set(this.#bytes.subarray(0, length - whole), to + whole)
    }
  }

  #byteAfter(count: number): number {
    return (((count >>> 2) + 1) & this.#mask) * SLOT
  }
}
