import { type ErrorCode, errorCode, type ResultRecord } from '@spsc/core'

/** What the process says to the shell. */
export const EXIT = {
  ok: 0,
  /** The command line, a file or the environment asks for something that can't be. */
  usage: 2,
  /** The run is not what was asked for: a cell failed, a rate was missed, results could not be stored. */
  invalid: 3,
  /** The machine or the queue lacks what the run needs. */
  capability: 5,
  sigint: 130,
  sigterm: 143,
} as const

const BY_CODE: Partial<Record<ErrorCode, number>> = {
  ERR_CAPABILITY: EXIT.capability,
  ERR_CANCELLED: EXIT.sigint,
  ERR_INTEGRITY: EXIT.invalid,
  ERR_PLUGIN_FAILED: EXIT.invalid,
  ERR_PLUGIN_HUNG: EXIT.invalid,
}

/** The exit code of an error that ended a command before anything was measured. */
export function exitCodeOf(error: unknown): number {
  return BY_CODE[errorCode(error, 'ERR_OPTION')] ?? EXIT.usage
}

/** The exit code of a run that went through its plan. */
export function exitCodeOfRecords(records: readonly ResultRecord[]): number {
  const failed = records.filter((record) => record.status === 'failed')
  if (failed.length > 0) {
    return failed.every(({ error }) => error.code === 'ERR_CAPABILITY') ? EXIT.capability : EXIT.invalid
  }
  return records.some((record) => record.status === 'ok' && record.invalid !== undefined) ? EXIT.invalid : EXIT.ok
}
