import { oneLine } from '@spsc/report/text'
import { pino } from 'pino'

export type Log = ReturnType<typeof createLog>

/** For a person: `warning: message`, without time, process id or braces. */
function readable(paint: (text: string) => string): { write(line: string): void } {
  return {
    write(line) {
      const { level, msg } = JSON.parse(line) as { level: number; msg: string }
      const label = pino.levels.labels[level] === 'warn' ? 'warning' : pino.levels.labels[level]
      process.stderr.write(`${paint(`${label}:`)} ${oneLine(msg)}\n`)
    },
  }
}

/** Logs to stderr, synchronously: a logger's own thread would share the CPUs with the measurement. JSON off a terminal. */
export function createLog(level: string, paint: (text: string) => string) {
  // Through process.stderr, which is synchronous for files and terminals, and whose errors are guarded.
  const asJson = { write: (line: string) => void process.stderr.write(line) }
  return pino({ level, base: null }, process.stderr.isTTY ? readable(paint) : asJson)
}
