// Runs of ends that are called for each message: `listen` gets the function to call.
import { mismatch } from './check.js'

/** @param use(message, to) => the item's number */
export function collecting(listen, use = (item) => item) {
  let take
  listen((message) => take(message))
  return (from, to) =>
    new Promise((resolve, reject) => {
      let expected = from
      let sum = 0
      take = (message) => {
        const item = use(message, to)
        if (item !== expected) return reject(mismatch(item, expected))
        sum = (sum + item) | 0
        if (++expected === to) resolve(sum)
      }
    })
}

/** One item at a time, there and back. */
export function askingByCallback(listen, send) {
  const collect = collecting(listen, (item, to) => {
    if (item + 1 < to) send(item + 1)
    return item
  })
  return (from, to) => {
    const answers = collect(from, to)
    send(from)
    return answers
  }
}

export function answeringByCallback(listen, send) {
  return collecting(listen, (item) => {
    send(item)
    return item
  })
}
