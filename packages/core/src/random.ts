/**
 * A small seeded generator, uniform in [0, 1): mulberry32 (Tommy Ettinger, public domain). The same seed gives the same
 * sequence everywhere, which is what makes an order of blocks or a choice of samples repeatable.
 */
export function seededRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
