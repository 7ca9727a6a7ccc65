import { oneLine } from '@spsc/report/text'
import { EXIT } from './exit-codes.js'

/**
 * Data goes to stdout, and a reader that has gone is no error of ours: the results are in their files. Any other failure
 * (a full device) is said and sets the exit code; console.log would lose it. What can't be said on stderr is lost, and
 * costs no measurement.
 */
export function guardStreams(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return
    say(`[spsc] [cli] stdout can't be written: ${error.message}; the stored results are complete`)
    process.exitCode = EXIT.invalid
  })
  process.stderr.on('error', () => {})
}

/** Data, to stdout. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** One line to stderr. Names and messages come from files and plug-ins: nothing in them reaches the terminal as control. */
export function say(text: string): void {
  process.stderr.write(`${oneLine(text)}\n`)
}
