// Calls to functions in another thread, over a duplex of JSON. Each side takes all that is there before it waits, so that
// calls and answers travel in batches when there are many.
//
//   client                                              serve
//   tell id, method, args      -- duplex, capacity -->  handlers[method](...args)
//   settle the promise of id   <------ in bytes ------  tell id and value, or id and error
//
// Messages are arrays: as objects their JSON would take twice the time to make and to read.
import { json } from '@spsc/queue-sab'

/** @typedef {{ name: string, message: string, code?: string }} Failure */
/** @typedef {[id: number, method: string, args: unknown[]]} Call */
/** @typedef {[id: number, value?: unknown, error?: Failure]} Answer */
/** @typedef {Record<string, (...args: any[]) => unknown>} Handlers */

/** The type of the duplex: `createDuplex({ capacity, type: messages })`. */
export const messages = /** @type {typeof json<any>} */ (json)()

/** @typedef {import('@spsc/queue-sab').Duplex<typeof messages>} Connection */

/**
 * The same functions, each with a promise of its result.
 *
 * @template {Handlers} Functions
 * @typedef {{ [Name in keyof Functions]:
 *   (...args: Parameters<Functions[Name]>) => Promise<Awaited<ReturnType<Functions[Name]>>> }} Client
 */

/**
 * Answers calls until the other side closes. They begin in order; one that gives a promise is answered when that settles.
 * Arguments and results are what JSON can say.
 *
 * @param {Connection} connection
 * @param {Handlers} handlers
 * @returns {Promise<void>} when no more calls come; the connection closes after the last answer
 */
export async function serve({ producer, consumer }, handlers) {
  let unfinished = 1
  const finish = () => {
    if (--unfinished === 0) producer.close()
  }
  /** @param {Answer} answer */
  const send = async (answer) => {
    if (!producer.tryPush(answer)) await producer.pushAsync(answer)
  }
  /** @param {Call} call */
  const answer = async ([id, method, args]) => {
    unfinished++
    try {
      const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined
      if (handler === undefined) throw new TypeError(`there is no function called ${method}`)
      const result = handler(...args)
      const value = result instanceof Promise ? await result : result
      // In an array JSON would make null of it.
      await send(value === undefined ? [id] : [id, value])
    } catch (error) {
      // Where the other side has closed, nobody wants the answer.
      await send([id, null, describe(error)]).catch(() => {})
    }
    finish()
  }
  await forEach(consumer, answer)
  finish()
}

/**
 * Functions that call those of the other side.
 *
 * @template {Handlers} Functions
 * @param {Connection} connection close it to end: calls not yet answered are rejected then
 * @returns {Client<Functions>} a call rejects with the error that the function threw, by name, message and code, or with
 *   the reason why there will be no answer, such as `ERR_PEER_DIED`
 */
export function client({ producer, consumer }) {
  /** @type {Map<number, { resolve(value: unknown): void, reject(reason: unknown): void }>} */
  const pending = new Map()
  let lastId = 0
  /** @type {unknown} */
  let over

  /** @param {Answer} answer */
  const settle = ([id, value, error]) => {
    const call = pending.get(id)
    pending.delete(id)
    if (error === undefined) call?.resolve(value)
    else call?.reject(Object.assign(new Error(error.message), error))
  }
  /** @param {unknown} reason */
  const end = (reason) => {
    over = reason
    for (const { reject } of pending.values()) reject(reason)
    pending.clear()
  }
  const closed = Object.assign(new Error('the connection is closed'), { code: 'ERR_CLOSED' })
  forEach(consumer, settle).then(() => end(closed), end)

  /** @param {string} method @param {unknown[]} args */
  const call = (method, args) =>
    new Promise((resolve, reject) => {
      if (over !== undefined) throw over
      const id = ++lastId
      pending.set(id, { resolve, reject })
      /** @param {unknown} reason */
      const fail = (reason) => {
        pending.delete(id)
        reject(reason)
      }
      try {
        /** @type {Call} */
        const message = [id, method, args]
        if (!producer.tryPush(message)) producer.pushAsync(message).catch(fail)
      } catch (error) {
        fail(error)
      }
    })

  const functions = /** @type {Record<string, unknown>} */ (Object.create(null))
  const get = (/** @type {typeof functions} */ _, /** @type {string | symbol} */ name) => {
    // A client that has a `then` would pass for a promise.
    if (typeof name === 'symbol' || name === 'then') return undefined
    functions[name] ??= (/** @type {unknown[]} */ ...args) => call(name, args)
    return functions[name]
  }
  return /** @type {Client<Functions>} */ (new Proxy(functions, { get }))
}

/**
 * Gives items to `use` to the end of the stream.
 *
 * @param {Connection['consumer']} consumer
 * @param {(item: any) => void} use
 */
async function forEach(consumer, use) {
  for (let item = await consumer.popAsync(); item !== undefined; item = await consumer.popAsync()) {
    use(item)
    consumer.drain(use)
  }
}

/**
 * @param {unknown} error
 * @returns {Failure}
 */
function describe(error) {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) }
  const { name, message } = error
  return 'code' in error ? { name, message, code: String(error.code) } : { name, message }
}
