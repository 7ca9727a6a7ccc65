import { parseArgs } from 'node:util'

const SETTINGS = {
  capacity: { usual: 1024, min: 1, max: 2 ** 28 },
  // Ten at least, since a peer may ask for a tenth.
  items: { usual: 4_000_000, min: 10, max: 2 ** 30 },
  rounds: { usual: 7, min: 1, max: 10_000 },
  seed: { usual: Date.now() % 2 ** 32, min: 0, max: 2 ** 32 - 1 },
}

/**
 * The settings in `args`, as numbers.
 *
 * @throws Error whose message is one line for the user: an unknown option, or a value that is no integer in its range
 */
export function parseSettings(args) {
  const options = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, { type: 'string' }]))
  const { values } = parseArgs({ args, options })
  return Object.fromEntries(
    Object.entries(SETTINGS).map(([name, { usual, min, max }]) => {
      const text = values[name] ?? String(usual)
      const value = Number(text)
      if (!/^\d+$/.test(text) || value < min || value > max) {
        throw new Error(`--${name} is ${JSON.stringify(text)}; allowed: an integer from ${min} to ${max}`)
      }
      return [name, value]
    }),
  )
}
