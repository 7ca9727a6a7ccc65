import { EXIT } from './exit-codes.js'

/**
 * Data goes to stdout, and a reader that has gone is no error of ours: the results are in their files. Any other failure
 * (a full device) is said and sets the exit code; console.log would lose it.
 */
export function guardStdout(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return
    process.stderr.write(`[spsc] [cli] stdout can't be written: ${error.message}; the stored results are complete\n`)
    process.exitCode = EXIT.invalid
  })
}

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}
