/** Pushes the integers from `from` to `to - 1` through an end with `tryPush`, spinning while it is full. */
export function tryProducer(end) {
  return (from, to) => {
    for (let item = from; item < to; item++) {
      while (!end.tryPush(item));
    }
    // The thread goes to sleep on the gate, which the queue knows nothing of.
    end.flush?.()
  }
}

/** Pops them, checks each one's place in line and returns their sum modulo 2^32, so that none can be optimised away. */
export function tryConsumer(end) {
  return (from, to) => {
    let sum = 0
    for (let expected = from; expected < to; expected++) {
      let item = end.tryPop()
      while (item === undefined) item = end.tryPop()
      if (item !== expected) throw new Error(`got ${item}, expected ${expected}`)
      sum = (sum + item) | 0
    }
    return sum
  }
}
