/** What can go wrong here; switch on these, never on the message. */
export type ErrorCode =
  /** A setting or an argument is missing, malformed or out of range. */
  | 'ERR_OPTION'
  /** A handle that is not one of ours, is damaged, or holds items of another type. */
  | 'ERR_HANDLE'
  /** A second claim of a producer or consumer end. */
  | 'ERR_CLAIMED'
  /** A push on a closed queue. */
  | 'ERR_CLOSED'
  /** The thread of the other end is gone without having closed it. */
  | 'ERR_PEER_DIED'
  /** The producer has ended the stream by `fail(error)`; the message is the error's. */
  | 'ERR_PEER_FAILED'
  /** What the runtime or the machine lacks: SharedArrayBuffer, that much memory, a thread that may block. */
  | 'ERR_CAPABILITY'

/**
 * The one error class of this package. Its message reads
 * `[spsc] [queue-sab] what is wrong; what is allowed; what to do`.
 */
export class QueueError extends Error {
  override readonly name = 'QueueError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(`[spsc] [queue-sab] ${message}`, options)
    this.code = code
  }
}

/** A value for a message, with its type unless it is a number. Never runs its code: an object may have any toString. */
export function show(value: unknown): string {
  const type = typeof value
  if (value == null || type === 'number') return `${value}`
  if (type === 'object' || type === 'function') return `of type ${type}`
  return `the ${type} ${type === 'string' ? JSON.stringify(value) : String(value)}`
}

/** What `error`, which may be anything, has to say. */
export function messageOf(error: unknown): string {
  try {
    return `${error instanceof Error ? error.message : error}`
  } catch {
    return show(error)
  }
}

export function optionError(option: string, value: unknown, allowed: string): QueueError {
  return new QueueError('ERR_OPTION', `${option} is ${show(value)}; allowed: ${allowed}`)
}

export function closedError(): QueueError {
  return new QueueError('ERR_CLOSED', 'push on a closed queue; allowed while `closed` is false; stop pushing')
}
