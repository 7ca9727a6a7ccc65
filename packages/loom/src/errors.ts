/** What can go wrong with the checker itself, not with what it checks. */
export type LoomErrorCode =
  /** The source uses what the transformation can't follow. */
  | 'ERR_UNSUPPORTED'
  /** An argument is missing, malformed or out of range. */
  | 'ERR_OPTION'

/** Its message reads `[spsc] [loom] what is wrong; what is allowed; what to do`. */
export class LoomError extends Error {
  override readonly name = 'LoomError'
  readonly code: LoomErrorCode

  constructor(code: LoomErrorCode, message: string, options?: ErrorOptions) {
    super(`[spsc] [loom] ${message}`, options)
    this.code = code
  }
}
