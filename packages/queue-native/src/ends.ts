import { type ConsumerEnd, type ProducerEnd, SpscError } from '@spsc/core'
import { type Addon, addon, type Kind, type Opaque, PUSHED, TIMED_OUT } from './addon.js'

function checkTimeout(timeoutMs: number): void {
  if (timeoutMs >= 0) return
  throw new SpscError('ERR_OPTION', 'queue-native', `timeoutMs is ${timeoutMs}; allowed: milliseconds from 0`)
}

function closedError(): SpscError {
  return new SpscError('ERR_CLOSED', 'queue-native', 'push on a closed queue; stop when `closed` is true')
}

/** The producing end of a native ring, a Node-API call per item: for the pipeline in C++ there is `drive`. */
export class NativeProducer implements ProducerEnd {
  readonly #addon: Addon = addon()
  readonly #end: Opaque
  #isClosed = false

  constructor(kind: Kind, buffer: Uint8Array) {
    this.#end = this.#addon.ringEnd(kind, buffer, true)
  }

  tryPush(item: number): boolean {
    if (this.#isClosed) throw closedError()
    return this.#addon.endTryPush(this.#end, item)
  }

  push(item: number, timeoutMs: number = Number.POSITIVE_INFINITY): boolean {
    checkTimeout(timeoutMs)
    const status = this.#isClosed ? undefined : this.#addon.endPush(this.#end, item, timeoutMs)
    if (status === PUSHED) return true
    if (status === TIMED_OUT) return false
    throw closedError()
  }

  close(): void {
    this.#isClosed = true
    this.#addon.endClose(this.#end)
  }

  get closed(): boolean {
    return this.#addon.endClosed(this.#end)
  }
}

/** The consuming end; see {@link NativeProducer}. */
export class NativeConsumer implements ConsumerEnd {
  readonly #addon: Addon = addon()
  readonly #end: Opaque

  constructor(kind: Kind, buffer: Uint8Array) {
    this.#end = this.#addon.ringEnd(kind, buffer, false)
  }

  tryPop(): number | undefined {
    return this.#addon.endTryPop(this.#end)
  }

  pop(timeoutMs: number = Number.POSITIVE_INFINITY): number | undefined {
    checkTimeout(timeoutMs)
    return this.#addon.endPop(this.#end, timeoutMs)
  }

  close(): void {
    this.#addon.endClose(this.#end)
  }

  get closed(): boolean {
    return this.#addon.endClosed(this.#end)
  }
}
