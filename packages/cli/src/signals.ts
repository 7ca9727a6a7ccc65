import type { Run } from '@spsc/core'
import { EXIT } from './exit-codes.js'

/** The first signal ends the run with what it has; the second ends the process at once. */
export function cancelOnSignal(run: Run): { readonly exitCode: () => number; readonly dispose: () => void } {
  let exitCode: number = EXIT.ok
  const answer = (signal: NodeJS.Signals) => {
    if (exitCode !== EXIT.ok) process.exit(exitCode)
    exitCode = signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm
    run.cancel(signal)
  }
  process.on('SIGINT', answer)
  process.on('SIGTERM', answer)
  return {
    exitCode: () => exitCode,
    dispose: () => {
      process.off('SIGINT', answer)
      process.off('SIGTERM', answer)
    },
  }
}
