// Remote calls by name, with one argument and a promise, over anything that carries objects both ways; and the load.
import { mismatch } from './check.js'

export const IN_FLIGHT = 64

/** What can be called. */
export const functions = { echo: (item) => item }

/** @param call(item) => promise of the same item; a run of 64 callers, each with one call at a time */
export function calling(call) {
  return async (from, to) => {
    let next = from
    let sum = 0
    const caller = async () => {
      while (next < to) {
        const item = next++
        const answer = await call(item)
        if (answer !== item) throw mismatch(answer, item)
        sum = (sum + answer) | 0
      }
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, caller))
    return sum
  }
}

// Requests and answers are arrays, [id, name, argument] and [id, result] or [id, null, error]: without the names of their
// members JSON takes half the time, and a clone is smaller too.

/** The calling side: `send` carries requests, `settle` takes the answers as they come. */
export class Client {
  #send
  #pending = new Map()
  #lastId = 0

  constructor(send) {
    this.#send = send
  }

  call(name, argument) {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId
      this.#pending.set(id, { resolve, reject })
      this.#send([id, name, argument])
    })
  }

  settle([id, result, error]) {
    const { resolve, reject } = this.#pending.get(id)
    this.#pending.delete(id)
    if (error === undefined) resolve(result)
    else reject(new Error(error))
  }
}

/** The side that is called: `handle` takes requests as they come, `send` carries the answers. */
export class Server {
  #send
  #served

  constructor(send) {
    this.#send = send
  }

  /** An answer that is there at once is sent at once, so that the client has something to do meanwhile. */
  handle([id, name, argument]) {
    try {
      const result = functions[name](argument)
      if (typeof result?.then !== 'function') return this.#answer([id, result])
      result.then(
        (value) => this.#answer([id, value]),
        (error) => this.#answer([id, null, error.message]),
      )
    } catch (error) {
      this.#answer([id, null, error.message])
    }
  }

  #answer(answer) {
    this.#send(answer)
    this.#served()
  }

  /** A run that ends when as many calls have been answered. */
  run = counting((served) => {
    this.#served = served
  })
}

/** @param use(count) gets the function to call for each call, right before or after its answer is sent */
export function counting(use) {
  return (from, to) =>
    new Promise((resolve) => {
      let left = to - from
      use(() => {
        // Not at once: the end blocks at the gate then, and the last answer must be out.
        if (--left === 0) setImmediate(resolve)
      })
    })
}
