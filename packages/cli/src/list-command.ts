import { INJECTORS } from '@spsc/core'
import { SCENARIOS, SUITES } from '@spsc/lab'
import { EXIT } from './exit-codes.js'
import { COLLECTORS, QUEUES } from './plugins.js'
import type { Flags } from './program.js'
import { print } from './streams.js'

const LISTS = {
  queues: QUEUES,
  collectors: COLLECTORS,
  scenarios: SCENARIOS,
  suites: SUITES,
  injections: Object.fromEntries(Object.values(INJECTORS).map((injector) => [injector.form, injector])),
}

/** `spsc list`: names and what they stand for. @param what one of those that the command line allows */
export async function list(what: string, flags: Flags): Promise<number> {
  const entries = Object.entries<{ readonly description: string }>(LISTS[what as keyof typeof LISTS])
  const width = Math.max(...entries.map(([name]) => name.length))
  const line = ([name, { description }]: (typeof entries)[number]) =>
    flags.json ? JSON.stringify({ name, description }) : `${name.padEnd(width)}  ${description}`
  print(entries.map(line).join('\n'))
  return EXIT.ok
}
