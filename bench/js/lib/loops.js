// Runs of ends that spin or block. Each makes a `run(from, to)`; those that receive check each item's place in line and
// give the sum of all, modulo 2^32, so that nothing can be optimised away.
import { mismatch } from './check.js'

/** @param tryPush(item) => whether there was room */
export function pushing(tryPush) {
  return (from, to) => {
    for (let item = from; item < to; item++) {
      while (!tryPush(item));
    }
  }
}

/** @param tryPop() => the item's number, `undefined` where there is none */
export function popping(tryPop) {
  return (from, to) => {
    let sum = 0
    for (let expected = from; expected < to; expected++) {
      let item = tryPop()
      while (item === undefined) item = tryPop()
      if (item !== expected) throw mismatch(item, expected)
      sum = (sum + item) | 0
    }
    return sum
  }
}

/** @param write(array, at, item) writes one item in place */
export function reserving(producer, size, write) {
  return (from, to) => {
    for (let item = from; item < to; ) {
      const { array, start, end } = producer.reserve(Math.min(size, to - item))
      for (let at = start; at < end; at++) write(array, at, item++)
      producer.commit(end - start)
    }
  }
}

/** @param read(array, at) => the number of the item that lies there */
export function peeking(consumer, size, read) {
  return (from, to) => {
    let sum = 0
    for (let expected = from; expected < to; ) {
      const { array, start, end } = consumer.peek(size)
      for (let at = start; at < end; at++, expected++) {
        const item = read(array, at)
        if (item !== expected) throw mismatch(item, expected)
        sum = (sum + item) | 0
      }
      consumer.release(end - start)
    }
    return sum
  }
}

/** @param push(from, to) => how many of these items there was room for */
export function pushingBlocks(size, push) {
  return (from, to) => {
    for (let item = from; item < to; ) item += push(item, Math.min(item + size, to))
  }
}

/**
 * @param block filled from its start by `pop(most) => count`
 * @param numberOf(entry) => the number of the item
 */
export function poppingBlocks(block, pop, numberOf = (item) => item) {
  return (from, to) => {
    let sum = 0
    for (let expected = from; expected < to; ) {
      const count = pop(to - expected)
      for (let at = 0; at < count; at++, expected++) {
        const item = numberOf(block[at])
        if (item !== expected) throw mismatch(item, expected)
        sum = (sum + item) | 0
      }
    }
    return sum
  }
}

/** One item at a time, there and back. */
export function asking(send, receive) {
  return (from, to) => {
    let sum = 0
    for (let item = from; item < to; item++) {
      send(item)
      const answer = receive()
      if (answer !== item) throw mismatch(answer, item)
      sum = (sum + answer) | 0
    }
    return sum
  }
}

export function answering(receive, send) {
  return (from, to) => {
    for (let expected = from; expected < to; expected++) {
      const item = receive()
      if (item !== expected) throw mismatch(item, expected)
      send(item)
    }
  }
}

/** What `tryPop` gives as soon as it gives something. */
export function spinning(tryPop) {
  return () => {
    let item = tryPop()
    while (item === undefined) item = tryPop()
    return item
  }
}
