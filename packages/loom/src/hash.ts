/*
 * States are told apart by hashes: two of 32 bits, of which a key takes 53. In a search of a million states the chance that
 * any two of them are taken for one is below 6e-5 (birthday bound: n² / 2^54).
 */

const float = new Float64Array(1)
const halves = new Int32Array(float.buffer)

/** A running hash of a sequence of values. */
export class Hash {
  a = 0x9e3779b9 | 0
  b = 0x85ebca6b | 0

  reset(): void {
    this.a = 0x9e3779b9 | 0
    this.b = 0x85ebca6b | 0
  }

  word(value: number): void {
    let { a, b } = this
    a = Math.imul(a ^ value, 0x2c1b3c6d)
    a = Math.imul(a ^ (a >>> 15), 0x297a2d39)
    b = Math.imul(b + value, 0x7feb352d)
    b = Math.imul(b ^ (b >>> 13), 0x846ca68b)
    this.a = a ^ (a >>> 16)
    this.b = (b ^ (b >>> 15)) + this.a
  }

  /** Goes on from where another, or this at another time, was. */
  set([a, b]: readonly [number, number]): void {
    this.a = a
    this.b = b
  }

  get(): readonly [number, number] {
    return [this.a, this.b]
  }

  /** Any primitive; an object counts as one value. */
  value(value: unknown): void {
    if (typeof value === 'number') {
      if ((value | 0) === value) {
        this.word(value | 0)
        return
      }
      float[0] = value
      this.word(halves[0] as number)
      this.word((halves[1] as number) ^ 0x5bd1e995)
      return
    }
    const text = typeof value === 'object' ? 'object' : `${typeof value}${String(value)}`
    for (let i = 0; i < text.length; i++) this.word(text.charCodeAt(i) ^ 0x1b873593)
  }

  /** A value with all that can be reached from it by properties; functions are taken to have no state. */
  graph(value: unknown, met: Map<object, number> = new Map()): void {
    if (typeof value !== 'object' || value === null) {
      if (typeof value === 'function') this.word(0x51ed270b)
      else this.value(value)
      return
    }
    const number = met.get(value)
    if (number !== undefined) {
      this.word(number)
      return
    }
    met.set(value, met.size)
    if (ArrayBuffer.isView(value)) this.#view(value)
    else if (value instanceof Map || value instanceof Set) for (const one of value) this.graph(one, met)
    else {
      for (const key in value) {
        this.word(key.length)
        this.graph((value as Record<string, unknown>)[key], met)
      }
    }
  }

  #view(view: ArrayBufferView): void {
    this.word(view.byteOffset)
    this.word(view.byteLength)
    // What is shared is no thread's own.
    if (view.buffer instanceof SharedArrayBuffer) return
    for (const byte of new Uint8Array(view.buffer, view.byteOffset, view.byteLength)) this.word(byte)
  }

  /** 53 bits. */
  get key(): number {
    return (this.a >>> 0) * 2 ** 21 + (this.b >>> 11)
  }
}
