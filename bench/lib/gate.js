/*
 * What the two workers of a sample share besides the queue, 128 bytes apart:
 *
 *   [ OPEN | - | PING | - | PONG | - | READY ]
 */
const WORDS_APART = 32
const OPEN = 0
const PING = WORDS_APART
const PONG = 2 * WORDS_APART
const READY = 3 * WORDS_APART

export function createGate() {
  return new Int32Array(new SharedArrayBuffer(4 * WORDS_APART * 4))
}

export function open(gate) {
  Atomics.store(gate, OPEN, 1)
  Atomics.notify(gate, OPEN)
}

export function waitUntilOpen(gate) {
  Atomics.wait(gate, OPEN, 0)
}

/** Spins until both workers are here for the `times`-th time. */
export function meet(gate, times) {
  Atomics.add(gate, READY, 1)
  while (Atomics.load(gate, READY) < 2 * times);
}

/** Nanoseconds that a word takes to the other CPU and back: the calibrator that says where the machine put the two. */
export function pingPong(gate, role, rounds) {
  const [mine, theirs] = role === 'producer' ? [PING, PONG] : [PONG, PING]
  const start = process.hrtime.bigint()
  for (let round = 1; round <= rounds; round++) {
    if (role === 'producer') Atomics.store(gate, mine, round)
    while (Atomics.load(gate, theirs) !== round);
    if (role === 'consumer') Atomics.store(gate, mine, round)
  }
  return Number(process.hrtime.bigint() - start) / rounds
}
