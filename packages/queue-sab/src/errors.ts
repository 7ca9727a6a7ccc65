/** What can go wrong here; switch on these, never on the message. */
export type ErrorCode =
  /** A setting is missing, malformed or out of range. */
  | 'ERR_OPTION'
  /** A handle that is not one of ours, or is damaged. */
  | 'ERR_HANDLE'
  /** A second claim of a producer or consumer end. */
  | 'ERR_CLAIMED'
  /** A push on a closed queue. */
  | 'ERR_CLOSED'
  /** The runtime does not let this thread block. */
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

export function closedError(): QueueError {
  return new QueueError('ERR_CLOSED', 'push on a closed queue; allowed while `closed` is false; stop pushing')
}
