import type { EventLoop } from './event-loop.js'

type Settled = 'fulfilled' | 'rejected'
type Callback = ((value: unknown) => unknown) | undefined

/** Runs what the transformed code calls a function with, to its end: it may be a generator. */
export type Perform = (result: unknown) => Generator<unknown, unknown, unknown>

export interface VirtualPromise {
  readonly state: 'pending' | Settled
  readonly value: unknown
  then(fulfilled?: Callback, rejected?: Callback): VirtualPromise
}

export interface VirtualPromiseClass {
  new (
    executor?: (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => unknown,
  ): VirtualPromise & {
    resolve(value: unknown): void
    reject(reason: unknown): void
  }
  resolve(value?: unknown): VirtualPromise
  reject(reason: unknown): VirtualPromise
}

/** Promises whose callbacks run on `loop`. Callbacks may be generator functions. */
export function promiseOn(loop: EventLoop, perform: Perform, run: (result: unknown) => unknown): VirtualPromiseClass {
  return class Virtual implements VirtualPromise {
    state: 'pending' | Settled = 'pending'
    value: unknown
    readonly #callbacks: (() => void)[] = []

    constructor(executor?: (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => unknown) {
      if (executor === undefined) return
      try {
        run(
          executor(
            (value) => this.resolve(value),
            (reason) => this.reject(reason),
          ),
        )
      } catch (error) {
        this.reject(error)
      }
    }

    static resolve(value?: unknown): Virtual {
      if (value instanceof Virtual) return value
      const promise = new Virtual()
      promise.resolve(value)
      return promise
    }

    static reject(reason: unknown): Virtual {
      const promise = new Virtual()
      promise.reject(reason)
      return promise
    }

    static all(values: Iterable<unknown>): Virtual {
      const all = new Virtual()
      const promises = [...values].map((value) => Virtual.resolve(value))
      let left = promises.length
      if (left === 0) all.resolve([])
      for (const promise of promises) {
        promise.then(
          () => --left === 0 && all.resolve(promises.map(({ value }) => value)),
          (reason) => all.reject(reason),
        )
      }
      return all
    }

    resolve(value: unknown): void {
      if (this.state !== 'pending') return
      if (value instanceof Virtual) {
        value.then(
          (inner) => this.#settle('fulfilled', inner),
          (reason) => this.#settle('rejected', reason),
        )
      } else this.#settle('fulfilled', value)
    }

    reject(reason: unknown): void {
      this.#settle('rejected', reason)
    }

    #settle(state: Settled, value: unknown): void {
      if (this.state !== 'pending') return
      this.state = state
      this.value = value
      for (const callback of this.#callbacks) callback()
    }

    // biome-ignore lint/suspicious/noThenProperty: it is a promise
    then(fulfilled?: Callback, rejected?: Callback): Virtual {
      const next = new Virtual()
      const job = () => {
        const callback = this.state === 'fulfilled' ? fulfilled : rejected
        loop.microtasks.push(() => settleBy(next, callback, this.state as Settled, this.value, perform))
      }
      if (this.state === 'pending') this.#callbacks.push(job)
      else job()
      return next
    }

    catch(rejected?: Callback): Virtual {
      return this.then(undefined, rejected)
    }

    finally(callback: () => unknown): Virtual {
      return this.then(
        function* (value) {
          yield* perform(callback())
          return value
        },
        function* (reason) {
          yield* perform(callback())
          throw reason
        },
      )
    }
  }
}

function* settleBy(
  next: { resolve(value: unknown): void; reject(reason: unknown): void },
  callback: Callback,
  state: Settled,
  value: unknown,
  perform: Perform,
): Generator<unknown, void, unknown> {
  try {
    if (typeof callback === 'function') next.resolve(yield* perform(callback(value)))
    else if (state === 'fulfilled') next.resolve(value)
    else next.reject(value)
  } catch (error) {
    next.reject(error)
  }
}
