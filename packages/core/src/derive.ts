import { SpscError } from './errors.js'
import type { AsyncOptions, Consumer, ConsumerEnd, Producer, ProducerEnd, Queue, Role, Transfer } from './queue.js'
import { sleep } from './waiting.js'

/** Tries before the first sleep: about the time a peer needs that is at work on another core. */
const SPINS = 1000
/** Sleeps grow from the first to the last, so a short wait ends soon and a long one costs little CPU. */
const FIRST_SLEEP_MS = 0.05
const LAST_SLEEP_MS = 1

function sleepAsync(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function checkTimeout(timeoutMs: number): void {
  if (timeoutMs >= 0) return
  throw new SpscError(
    'ERR_OPTION',
    'queue',
    `timeoutMs is ${timeoutMs}; allowed: milliseconds from 0, or none to wait for ever`,
  )
}

/** Calls `attempt` until it gives something else than `undefined`, ever more politely; `undefined` once timed out. */
function retry<Result>(attempt: () => Result | undefined, timeoutMs = Number.POSITIVE_INFINITY): Result | undefined {
  checkTimeout(timeoutMs)
  for (let spin = 0; spin < SPINS; spin++) {
    const result = attempt()
    if (result !== undefined) return result
  }
  const deadline = performance.now() + timeoutMs
  let pause = FIRST_SLEEP_MS
  for (;;) {
    const left = deadline - performance.now()
    if (left > 0) sleep(Math.min(pause, left))
    const result = attempt()
    if (result !== undefined || left <= 0) return result
    pause = Math.min(pause * 2, LAST_SLEEP_MS)
  }
}

/** The same on an event loop. */
async function retryAsync<Result>(
  attempt: () => Result | undefined,
  { timeoutMs = Number.POSITIVE_INFINITY, signal }: AsyncOptions = {},
): Promise<Result | undefined> {
  checkTimeout(timeoutMs)
  const deadline = performance.now() + timeoutMs
  for (let pause = 0; ; pause = Math.min(pause + 1, LAST_SLEEP_MS)) {
    signal?.throwIfAborted()
    const result = attempt()
    if (result !== undefined || performance.now() >= deadline) return result
    await sleepAsync(pause)
  }
}

/**
 * Every library verb over a backend's producing end: what the end brings itself is used, the rest is built on `tryPush`
 * by polling. Derived waiting burns a little CPU; an end that can be woken should bring its own.
 *
 * @example
 * const producer = deriveProducer(backend.attach(handle).producer())
 * producer.push(42, 1000)
 */
export function deriveProducer(end: ProducerEnd): Producer {
  const attempt = (value: number) => () => {
    if (end.closed) throw new SpscError('ERR_CLOSED', 'queue', 'push on a closed queue; stop when `closed` is true')
    return end.tryPush(value) || undefined
  }
  return {
    tryPush: (value) => end.tryPush(value),
    flush: () => end.flush?.(),
    close: () => end.close(),
    get closed() {
      return end.closed
    },
    push: end.push?.bind(end) ?? ((value, timeoutMs) => retry(attempt(value), timeoutMs) ?? false),
    pushMany:
      end.pushMany?.bind(end) ??
      ((values) => {
        let pushed = 0
        while (pushed < values.length && end.tryPush(values[pushed] as number)) pushed++
        return pushed
      }),
    pushAsync:
      end.pushAsync?.bind(end) ?? (async (value, options) => (await retryAsync(attempt(value), options)) ?? false),
  }
}

/** What `attempt` gives in place of `undefined` when the stream has ended, so that waiting stops. */
const ENDED = Symbol('end of stream')

/** Every library verb over a backend's consuming end; see {@link deriveProducer}. */
export function deriveConsumer(end: ConsumerEnd): Consumer {
  const attempt = () => {
    // `closed` is read first: an item pushed before close() is then seen by the tryPop that follows.
    const closed = end.closed
    const value = end.tryPop()
    return value === undefined && closed ? ENDED : value
  }
  const orUndefined = (result: number | typeof ENDED | undefined) => (result === ENDED ? undefined : result)
  const popAsync =
    end.popAsync?.bind(end) ?? (async (options?: AsyncOptions) => orUndefined(await retryAsync(attempt, options)))
  return {
    tryPop: () => end.tryPop(),
    flush: () => end.flush?.(),
    close: () => end.close(),
    get closed() {
      return end.closed
    },
    pop: end.pop?.bind(end) ?? ((timeoutMs) => orUndefined(retry(attempt, timeoutMs))),
    popMany:
      end.popMany?.bind(end) ??
      ((into) => {
        let popped = 0
        for (; popped < into.length; popped++) {
          const value = end.tryPop()
          if (value === undefined) break
          into[popped] = value
        }
        return popped
      }),
    drain:
      end.drain?.bind(end) ??
      ((use) => {
        let drained = 0
        for (let value = end.tryPop(); value !== undefined; value = end.tryPop(), drained++) use(value)
        return drained
      }),
    popAsync,
    async *[Symbol.asyncIterator]() {
      for (let value = await popAsync(); value !== undefined; value = await popAsync()) yield value
    },
  }
}

/**
 * What takes one end of any queue to its thread: the queue's own `transfer`, or a copy of its handle.
 *
 * @example
 * const { handle, transferList } = deriveTransfer(queue, 'consumer')
 * worker.postMessage(handle, transferList)
 */
export function deriveTransfer(queue: Queue, role: Role): Transfer {
  return queue.transfer?.(role) ?? { handle: queue.handle, transferList: [] }
}
