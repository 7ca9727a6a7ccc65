import { errorMessage } from '@spsc/core'
import { CommanderError } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { EXIT, exitCodeOf } from './exit-codes.js'
import { createProgram } from './program.js'
import { guardStreams, say } from './streams.js'

/** `error: unknown option '--quue'\n(Did you mean --queue?)` as one line in the form of our own errors. */
function usageLine({ message }: CommanderError, args: readonly string[]): string {
  const text = message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .trim()
  const command = [
    'run',
    'sweep',
    'list',
    'report',
    'compare',
    'gate',
    'why',
    'lint',
    'doctor',
    'qemu',
    'completion',
  ].find((name) => name === args[0])
  return `[spsc] [cli] ${text}; see spsc ${command ? `${command} ` : ''}--help`
}

/**
 * The command line: arguments in, exit code out. Commands are loaded when they are called, so help stays quick.
 *
 * @param args what follows the program's name
 * @returns the exit code
 */
export async function main(args: readonly string[]): Promise<number> {
  guardStreams()
  let exitCode: number = EXIT.ok
  const program = createProgram(
    manifest.version,
    {
      run: async (...given) => (await import('./run-command.js')).run(...given),
      sweep: async (...given) => (await import('./sweep-command.js')).sweep(...given),
      list: async (...given) => (await import('./list-command.js')).list(...given),
      report: async (...given) => (await import('./report-command.js')).report(...given),
      compare: async (...given) => (await import('./compare-command.js')).compare(...given),
      gate: async (...given) => (await import('./gate-command.js')).gate(...given),
      why: async (...given) => (await import('./why-command.js')).why(...given),
      lint: async (...given) => (await import('./lint-command.js')).lint(...given),
      doctor: async (...given) => (await import('./doctor-command.js')).doctor(...given),
      qemu: async () => (await import('./qemu-command.js')).qemuSetup(),
      completion: async (...given) => (await import('./completion.js')).completion(...given),
    },
    (code) => {
      exitCode = code
    },
  )
  try {
    if (args.length === 0) program.outputHelp()
    else await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.ok
      say(usageLine(error, args))
      return EXIT.usage
    }
    say(errorMessage(error))
    return exitCodeOf(error)
  }
}
