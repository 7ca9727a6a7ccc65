import { MODULES } from './queues.js'

/** Ends a script whose command line asks for what can't be. */
export function refuse(message) {
  console.error(`[spsc] [bench] ${message}`)
  process.exit(2)
}

/** The value of an option as a whole number from 1, or the end of the script. */
export function whole(values, name) {
  const number = Number(values[name])
  if (!Number.isInteger(number) || number < 1) refuse(`--${name} is ${values[name]}; allowed: whole numbers from 1`)
  return number
}

/** The queues that `--queues a,b` names, or the end of the script. */
export function queuesOf(values) {
  const queues = values.queues.split(',')
  const unknown = queues.find((queue) => !Object.hasOwn(MODULES, queue))
  if (unknown !== undefined) refuse(`--queues has ${unknown}; allowed: ${Object.keys(MODULES).join(', ')}`)
  return queues
}
