/*
 * What the two ends of a sample share besides the queue, 128 bytes apart:
 *
 *   [ ARRIVED | - | PING | - | PONG | - | COUNT | - | SUM | SUMMED ]
 */
const WORDS_APART = 32
const ARRIVED = 0
const PING = WORDS_APART
const PONG = 2 * WORDS_APART
const COUNT = 3 * WORDS_APART
const SUM = 4 * WORDS_APART
const SUMMED = SUM + 1

const SPINS = 1000
const FOR_EVER = 2 ** 30

export class Gate {
  #words
  #meetings = 0

  static allocate() {
    return new SharedArrayBuffer(5 * WORDS_APART * 4)
  }

  constructor(shared) {
    this.#words = new Int32Array(shared)
  }

  /** Waits until the other end is at this meeting too. */
  meet() {
    const all = 2 * ++this.#meetings
    Atomics.add(this.#words, ARRIVED, 1)
    Atomics.notify(this.#words, ARRIVED)
    for (let spin = 0; spin < SPINS; spin++) {
      if (Atomics.load(this.#words, ARRIVED) >= all) return
    }
    for (;;) {
      const arrived = Atomics.load(this.#words, ARRIVED)
      if (arrived >= all) return
      Atomics.wait(this.#words, ARRIVED, arrived)
    }
  }

  /** Counts this end as present at all meetings to come. */
  leave() {
    Atomics.add(this.#words, ARRIVED, FOR_EVER)
    Atomics.notify(this.#words, ARRIVED)
  }

  /** Nanoseconds that a word takes to the other CPU and back: the calibrator that says where the machine put the two. */
  pingPong(leads, rounds) {
    const words = this.#words
    const [mine, theirs] = leads ? [PING, PONG] : [PONG, PING]
    // The ends leave a meeting as far apart as a wake-up takes: the first rounds don't count.
    const untimed = Math.ceil(rounds / 100)
    let start = 0
    for (let round = 1; round <= untimed + rounds; round++) {
      if (round === untimed + 1) start = performance.now()
      if (leads) Atomics.store(words, mine, round)
      while (Atomics.load(words, theirs) !== round);
      if (!leads) Atomics.store(words, mine, round)
    }
    return ((performance.now() - start) * 1e6) / rounds
  }

  /** Items of the next run, as the leading end decides. */
  get count() {
    return Atomics.load(this.#words, COUNT)
  }

  set count(count) {
    Atomics.store(this.#words, COUNT, count)
  }

  /** What the following end's last run summed up; `undefined` where it sums nothing. */
  get sum() {
    return Atomics.load(this.#words, SUMMED) === 1 ? Atomics.load(this.#words, SUM) : undefined
  }

  set sum(sum) {
    if (sum === undefined) return
    Atomics.store(this.#words, SUM, sum)
    Atomics.store(this.#words, SUMMED, 1)
  }
}
