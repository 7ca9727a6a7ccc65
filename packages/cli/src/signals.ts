import { EXIT } from './exit-codes.js'

/** The first signal ends the run with what it has; the second ends the process at once. */
export function cancelOnSignal(): {
  /** Aborts with the first. */
  readonly signal: AbortSignal
  /** 0 while none came. */
  readonly exitCode: () => number
  readonly dispose: () => void
} {
  const controller = new AbortController()
  let exitCode: number = EXIT.ok
  const answer = (signal: NodeJS.Signals) => {
    if (exitCode !== EXIT.ok) process.exit(exitCode)
    exitCode = signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm
    controller.abort(signal)
  }
  process.on('SIGINT', answer)
  process.on('SIGTERM', answer)
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    dispose: () => {
      process.off('SIGINT', answer)
      process.off('SIGTERM', answer)
    },
  }
}
