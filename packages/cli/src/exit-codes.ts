import { type ErrorCode, errorCode, type MaxRateResult, type ResultRecord } from '@spsc/core'

/** What the process says to the shell. */
export const EXIT = {
  ok: 0,
  /** What was to be checked does not pass. */
  failed: 1,
  /** The command line, a file or the environment asks for something that can't be. */
  usage: 2,
  /** The run is not what was asked for: a cell failed, a rate was missed, results could not be stored. */
  invalid: 3,
  /** What was measured answers neither way. */
  inconclusive: 4,
  /** The machine or the queue lacks what the run needs. */
  capability: 5,
  sigint: 130,
  sigterm: 143,
} as const

const BY_CODE: Partial<Record<ErrorCode, number>> = {
  ERR_CAPABILITY: EXIT.capability,
  ERR_CANCELLED: EXIT.sigint,
  ERR_GUEST: EXIT.invalid,
  ERR_INTEGRITY: EXIT.invalid,
  ERR_PLUGIN_FAILED: EXIT.invalid,
  ERR_PLUGIN_HUNG: EXIT.invalid,
}

/** The exit code of an error that ended a command before anything was measured. */
export function exitCodeOf(error: unknown): number {
  return BY_CODE[errorCode(error, 'ERR_OPTION')] ?? EXIT.usage
}

function exitCodeOfFailures(records: readonly ResultRecord[]): number {
  const failed = records.filter((record) => record.status === 'failed')
  const lacking = failed.length > 0 && failed.every(({ error }) => error.code === 'ERR_CAPABILITY')
  return lacking ? EXIT.capability : EXIT.invalid
}

/** The exit code of a run that went through its plan. */
export function exitCodeOfRecords(records: readonly ResultRecord[]): number {
  if (records.some((record) => record.status === 'failed')) return exitCodeOfFailures(records)
  return records.some((record) => record.status === 'ok' && record.invalid !== undefined) ? EXIT.invalid : EXIT.ok
}

/**
 * The exit code of searches that went to their end. A rate that was missed is an answer there, and so is a replicate
 * that failed where others of its step were measured.
 */
export function exitCodeOfSearches(results: readonly MaxRateResult[], records: readonly ResultRecord[]): number {
  if (results.some(({ outcome }) => outcome === 'unmeasured')) return exitCodeOfFailures(records)
  return results.every(({ outcome }) => outcome === 'found') ? EXIT.ok : EXIT.inconclusive
}
