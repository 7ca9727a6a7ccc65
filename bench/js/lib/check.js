/** An item that did not come in order, or not whole: the sample is worth nothing, nor is the queue. */
export function mismatch(got, expected) {
  return new Error(`got ${got}, expected ${expected}`)
}

/** Sum of 0 … items - 1 modulo 2^32, as the runs compute it. */
export function expectedSum(items) {
  return Number(BigInt.asIntN(32, (BigInt(items) * BigInt(items - 1)) / 2n))
}
