import { LoomError } from './errors.js'
import { EventLoop } from './event-loop.js'
import type { Hash } from './hash.js'
import {
  ATOMIC,
  access,
  GeneratorObject,
  isSteps,
  type Operation,
  operation,
  perform,
  type Steps,
  type View,
} from './operation.js'
import { promiseOn, type VirtualPromiseClass } from './virtual-promise.js'

/** Whether it is a typed array over shared memory. */
function isShared(array: unknown): array is View {
  return (array as { buffer?: unknown } | undefined)?.buffer instanceof SharedArrayBuffer
}

/** What a constructor has given or thrown. */
export type Made = { readonly value: unknown } | { readonly error: unknown }

/** A module's variables, to be put back after an execution. */
class ModuleState {
  readonly #get: () => unknown[]
  readonly #set: (values: unknown[]) => void
  /** Which of the values are variables'. */
  readonly #at: readonly number[]
  readonly #variables: unknown[]
  readonly #containers: unknown[]
  readonly #restorers: (() => void)[]

  constructor(get: () => unknown[], set: (values: unknown[]) => void, variables: readonly number[]) {
    const values = get()
    this.#get = get
    this.#set = set
    this.#variables = variables.map((at) => values[at])
    this.#at = variables
    this.#containers = values.filter((value) => restorer(value) !== undefined)
    this.#restorers = this.#containers.map((value) => restorer(value) as () => void)
  }

  hash(hash: Hash, met: Map<object, number>): void {
    if (this.#variables.length > 0) {
      const values = this.#get()
      for (const at of this.#at) hash.graph(values[at], met)
    }
    for (const container of this.#containers) hash.graph(container, met)
  }

  restore(): void {
    if (this.#variables.length > 0) this.#set(this.#variables)
    for (const restore of this.#restorers) restore()
  }
}

/** Puts an array, map or set back to what it holds now. */
function restorer(value: unknown): (() => void) | undefined {
  if (Array.isArray(value)) {
    const items = [...value]
    return () => {
      if (value.length !== items.length || items.some((item, i) => item !== value[i]))
        value.splice(0, value.length, ...items)
    }
  }
  if (value instanceof Map) {
    const entries = [...value]
    return () => {
      value.clear()
      for (const [key, item] of entries) value.set(key, item)
    }
  }
  if (value instanceof Set) {
    const items = [...value]
    return () => {
      value.clear()
      for (const item of items) value.add(item)
    }
  }
  return undefined
}

class VirtualSignal {
  aborted = false
  reason: unknown
  readonly listeners = new Set<() => unknown>()

  addEventListener(_type: string, listener: () => unknown): void {
    this.listeners.add(listener)
  }

  removeEventListener(_type: string, listener: () => unknown): void {
    this.listeners.delete(listener)
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason
  }
}

class VirtualAbortController {
  readonly signal = new VirtualSignal();

  *abort(reason: unknown = new Error('aborted')): Steps<void> {
    this.signal.aborted = true
    this.signal.reason = reason
    for (const listener of [...this.signal.listeners]) yield* perform(listener())
  }
}

/** What the transformed code of one thread calls `$`, and the thread's view of the world outside JavaScript. */
export class Runtime {
  readonly Generator = Object.assign(function Generator() {}, { prototype: GeneratorObject })
  readonly op = operation
  readonly shared = isShared
  readonly loop = new EventLoop()
  readonly Promise: VirtualPromiseClass
  readonly globals: Record<string, unknown>
  readonly Atomics: Record<string, (...given: never[]) => unknown>
  /** Does what is not scheduled; the execution sets it. */
  direct: (operation: Operation) => unknown = direct
  readonly #states: ModuleState[] = []

  constructor() {
    this.Promise = promiseOn(this.loop, perform, (result) => this.run(result))
    const clock = { now: () => this.loop.now }
    const globals = {
      Promise: this.Promise,
      setTimeout: (job: () => unknown, ms?: number) => this.loop.setTimer(job, ms),
      clearTimeout: (id: number) => void this.loop.timers.delete(id),
      // What keeps an event loop alive; it never fires.
      setInterval: () => 0,
      clearInterval: () => {},
      queueMicrotask: (job: () => unknown) => void this.loop.microtasks.push(job),
      performance: clock,
      Date: Object.assign(() => {}, clock),
      AbortController: VirtualAbortController,
      *pause(): Steps<void> {
        yield operation('pause', -1)
      },
    }
    const atomics = [...ATOMIC].map((name) => [
      name,
      (view: View, index: number, value?: unknown, extra?: unknown) =>
        this.direct(operation(name, -1, view, index, value, extra)),
    ])
    this.Atomics = Object.assign(Object.create(Atomics), Object.fromEntries(atomics))
    const own = Object.getOwnPropertyDescriptors({ ...globals, Atomics: this.Atomics })
    this.globals = { ...globals, globalThis: Object.create(globalThis, own) }
  }

  /** Puts the modules' variables and the event loop back to what they were. */
  reset(): void {
    this.loop.reset()
    for (const state of this.#states) state.restore()
  }

  /** All that the modules' variables hold. */
  hash(hash: Hash, met: Map<object, number>): void {
    for (const state of this.#states) state.hash(hash, met)
  }

  // What the transformed code calls, in the order of transform.ts.

  state(get: () => unknown[], set: (values: unknown[]) => void, variables: readonly number[]): void {
    this.#states.push(new ModuleState(get, set, variables))
  }

  unsupported(what: string): never {
    throw new LoomError(
      'ERR_UNSUPPORTED',
      `the code runs ${what}; the checker can't follow; leave it out of the scenario`,
    )
  }

  /** Runs what a call gave to its end without scheduling: in a constructor, or while nobody else is at work. */
  run(result: unknown): unknown {
    if (!isSteps(result)) return result
    for (let answer: unknown; ; ) {
      const { done, value } = result.next(answer)
      if (done) return value
      answer = this.direct(value as Operation)
    }
  }

  /** A constructor that touches shared memory: one step. */
  *make(Class: new (...given: never[]) => unknown, given: never[], site: number): Steps {
    const made = (yield operation('new', site, undefined, 0, () => new Class(...given))) as Made
    if ('error' in made) throw made.error
    return made.value
  }

  await(value: unknown): Operation {
    return operation('await', -1, undefined, 0, value)
  }

  /** Begins an async function's body and goes on when what it awaits is there; gives its promise at its first await. */
  *async(body: Steps): Steps {
    const promise = new this.Promise()
    yield* this.#goOn(body, promise, 'next', undefined)
    return promise
  }

  *#goOn(body: Steps, promise: InstanceType<VirtualPromiseClass>, how: 'next' | 'throw', given: unknown): Steps<void> {
    try {
      for (let step = body[how](given as never); ; ) {
        if (step.done) {
          promise.resolve(step.value)
          return
        }
        if (step.value.kind === 'await') {
          this.Promise.resolve(step.value.value).then(
            (value) => this.#goOn(body, promise, 'next', value),
            (error) => this.#goOn(body, promise, 'throw', error),
          )
          return
        }
        step = body.next(yield step.value)
      }
    } catch (error) {
      promise.reject(error)
    }
  }

  *promise(executor: (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => unknown): Steps {
    const promise = new this.Promise()
    try {
      const [resolve, reject] = [
        (value: unknown) => promise.resolve(value),
        (reason: unknown) => promise.reject(reason),
      ]
      yield* perform(executor(resolve, reject))
    } catch (error) {
      promise.reject(error)
    }
    return promise
  }

  /** The first `count` at least: of shared memory, one access after the other. */
  *elements(values: Iterable<unknown>, site: number, count = Number.POSITIVE_INFINITY): Steps<Iterable<unknown>> {
    if (!isShared(values)) return values
    const copy: unknown[] = []
    for (let i = 0; i < Math.min(values.length, count); i++) copy.push(yield operation('get', site, values, i))
    return copy
  }

  /** A method of typed arrays that touches many elements: one access after the other. */
  *bulk(receiver: unknown, name: string, given: unknown[], getSite: number, setSite: number): Steps {
    const source = given[0]
    if (!isShared(receiver) && !isShared(source)) {
      return yield* perform((receiver as Record<string, (...given: unknown[]) => unknown>)[name]?.(...given))
    }
    const get = (view: View, i: number) => operation('get', getSite, view, i)
    if (name === 'set') {
      const [target, from, at] = [receiver as View, source as View, (given[1] as number | undefined) ?? 0]
      for (let i = 0; i < from.length; i++) {
        const value = isShared(from) ? yield get(from, i) : from[i]
        if (isShared(target)) yield operation('set', setSite, target, at + i, value)
        else (target as View)[at + i] = value as never
      }
      return undefined
    }
    const view = receiver as View
    if (name === 'slice') {
      const [start = 0, end = view.length] = given as number[]
      const copy = new (view.constructor as new (length: number) => View)(Math.max(0, end - start))
      for (let i = 0; i < copy.length; i++) copy[i] = (yield get(view, start + i)) as never
      return copy
    }
    if (name === 'fill') {
      const [value, start = 0, end = view.length] = given as [unknown, number?, number?]
      for (let i = start; i < end; i++) yield operation('set', setSite, view, i, value)
      return view
    }
    return this.unsupported(`${name} on shared memory`)
  }

  /** A method of arrays with a callback that may be a generator function. */
  *iterate(receiver: unknown, name: string, given: unknown[]): Steps {
    const values = name === 'from' ? Array.from(given[0] as ArrayLike<unknown>) : receiver
    const callback = given[name === 'from' ? 1 : 0] as (...given: unknown[]) => unknown
    if (name === 'forEach' && (receiver instanceof Map || receiver instanceof Set)) {
      for (const [key, value] of receiver.entries()) yield* perform(callback(value, key, receiver))
      return undefined
    }
    if (!Array.isArray(values)) {
      return yield* perform((receiver as Record<string, (...given: unknown[]) => unknown>)[name]?.(...given))
    }
    const results: unknown[] = []
    for (let i = 0; i < values.length; i++) {
      const result = yield* perform(callback(values[i], i, values))
      if (name === 'find' && result) return values[i]
      if (name === 'findIndex' && result) return i
      if (name === 'some' && result) return true
      if (name === 'every' && !result) return false
      results.push(result)
    }
    switch (name) {
      case 'map':
      case 'from':
        return results
      case 'flatMap':
        return results.flat()
      case 'filter':
        return values.filter((_, i) => results[i])
      case 'findIndex':
        return -1
      case 'some':
        return false
      case 'every':
        return true
      default:
        return undefined
    }
  }
}

/** Does an access at once. */
export function direct(operation: Operation): unknown {
  if (operation.kind === 'new') return { value: (operation.value as () => unknown)() }
  if (operation.kind === 'notify') return 0
  return access(operation)
}
