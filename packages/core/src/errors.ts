/** Stable identifiers of everything that can go wrong; a caller switches on these, never on the message. */
const CODES = [
  /** A setting is missing, malformed or out of range. */
  'ERR_OPTION',
  /** A name (scenario, queue, collector, key) that nothing answers to. */
  'ERR_UNKNOWN',
  /** A plug-in could not be imported, or lacks a required member. */
  'ERR_PLUGIN',
  /** A plug-in threw, or its thread ended, while it was being measured. */
  'ERR_PLUGIN_FAILED',
  /** A plug-in did not finish within the time its phase allows. */
  'ERR_PLUGIN_HUNG',
  /** A queue lost, duplicated or reordered items: `offered` is not `delivered + dropped`. */
  'ERR_INTEGRITY',
  /** The machine or the plug-in lacks something the scenario asks for. */
  'ERR_CAPABILITY',
  /** A CPU outside the set this process may run on. */
  'ERR_CPU',
  /** Results can't be written where they are to go, or can't be read where they are. */
  'ERR_OUTPUT',
  /** A run of that name is already stored. */
  'ERR_EXISTS',
  /** A second claim of a producer or consumer end. */
  'ERR_CLAIMED',
  /** An operation on an end after it, or its peer, was closed. */
  'ERR_CLOSED',
  /** A queue handle that is not one of ours, or is damaged. */
  'ERR_HANDLE',
  /** A guest could not be booted, or ended before its run did. */
  'ERR_GUEST',
  /** The run was cancelled. */
  'ERR_CANCELLED',
] as const

export type ErrorCode = (typeof CODES)[number]

/**
 * The one error class of spsc. Its message reads
 * `[spsc] [part] what is wrong; what is allowed; what to do`.
 *
 * @example
 * throw new SpscError('ERR_OPTION', 'scenario', 'queueCap is 0; allowed: an integer from 1 to 16777216')
 */
export class SpscError extends Error {
  override readonly name = 'SpscError'
  readonly code: ErrorCode
  readonly part: string

  constructor(code: ErrorCode, part: string, message: string, options?: ErrorOptions) {
    super(`[spsc] [${part}] ${message}`, options)
    this.code = code
    this.part = part
  }
}

/** The `code` of any thrown value, if it is one of ours (errors of other realms and packages count too), else `fallback`. */
export function errorCode(error: unknown, fallback: ErrorCode): ErrorCode {
  const code = (error as { code?: unknown } | null)?.code
  return CODES.includes(code as ErrorCode) ? (code as ErrorCode) : fallback
}

/** The message of any thrown value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
