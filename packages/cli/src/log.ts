import { pino } from 'pino'

export type Log = ReturnType<typeof createLog>

/** For a person: `warning: message`, without time, process id or braces. */
function readable(paint: (text: string) => string): { write(line: string): void } {
  return {
    write(line) {
      const { level, msg } = JSON.parse(line) as { level: number; msg: string }
      const label = pino.levels.labels[level] === 'warn' ? 'warning' : pino.levels.labels[level]
      process.stderr.write(`${paint(`${label}:`)} ${msg}\n`)
    },
  }
}

/** Logs to stderr, synchronously: a logger's own thread would share the CPUs with the measurement. JSON off a terminal. */
export function createLog(level: string, paint: (text: string) => string) {
  const destination = process.stderr.isTTY ? readable(paint) : pino.destination({ fd: 2, sync: true })
  return pino({ level, base: null }, destination)
}
