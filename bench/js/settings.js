import { parseArgs } from 'node:util'

const NUMBERS = {
  rounds: { usual: 9, min: 1, max: 10_000 },
  seed: { usual: Date.now() % 2 ** 32, min: 0, max: 2 ** 32 - 1 },
  capacity: { usual: 1024, min: 64, max: 2 ** 20 },
  seconds: { usual: 0.25, min: 0.001, max: 10, fraction: true },
  items: { min: 1, max: 2 ** 30 },
}

const OPTIONS = {
  ...Object.fromEntries(Object.keys(NUMBERS).map((name) => [name, { type: 'string' }])),
  workloads: { type: 'string' },
  peers: { type: 'string' },
  json: { type: 'string' },
  runtime: { type: 'string' },
  native: { type: 'boolean' },
}

/**
 * What `args` ask for; `items` is absent unless given, and the returned `args` are without `--runtime`.
 *
 * @param workloads objects with `name` and `family`, either of which chooses
 * @param peers objects with `name`
 * @throws Error whose message says what is wrong and what is allowed
 */
export function parseSettings(args, { workloads, peers }) {
  const { values, tokens } = parse(args)
  if (values.items !== undefined && values.seconds !== undefined) {
    throw new Error('both --items and --seconds are given; allowed: one of them; leave one out')
  }
  return {
    ...Object.fromEntries(Object.entries(NUMBERS).map(([name, range]) => [name, number(name, values[name], range)])),
    workloads: choose('workloads', values.workloads, workloads, ({ name, family }) => [name, family]),
    peers: choose('peers', values.peers, peers, ({ name }) => [name]),
    json: values.json,
    runtime: values.runtime,
    args: withoutRuntime(tokens),
    native: values.native ?? false,
  }
}

/** The same arguments for the runtime that is asked for. */
function withoutRuntime(tokens) {
  return tokens
    .filter(({ name }) => name !== 'runtime')
    .map(({ rawName, value }) => (value === undefined ? rawName : `${rawName}=${value}`))
}

function parse(args) {
  try {
    return parseArgs({ args, options: OPTIONS, tokens: true })
  } catch (error) {
    const allowed = Object.entries(OPTIONS).map(([name, { type }]) => `--${name}${type === 'string' ? ' …' : ''}`)
    throw new Error(`${error.message.split(/[.\n]/, 1)[0]}; allowed: ${allowed.join(', ')}; see bench/README.md`)
  }
}

function number(name, text, { usual, min, max, fraction = false }) {
  if (text === undefined) return usual
  const value = Number(text)
  const wellFormed = (fraction ? /^\d*\.?\d+$/ : /^\d+$/).test(text)
  if (wellFormed && value >= min && value <= max) return value
  const what = fraction ? 'a number' : 'an integer'
  throw new Error(`--${name} is ${JSON.stringify(text)}; allowed: ${what} from ${min} to ${max}`)
}

/** Those of `all` that the comma list names, in their own order; all where there is no list. */
function choose(option, list, all, namesOf) {
  if (list === undefined) return all
  const wanted = list.split(',').map((name) => name.trim().toLowerCase())
  const names = (one) => namesOf(one).map((name) => name.toLowerCase())
  const unknown = wanted.find((name) => !all.some((one) => names(one).includes(name)))
  if (unknown !== undefined) {
    const allowed = [...new Set(all.flatMap(namesOf))].join(', ')
    throw new Error(`--${option} names ${JSON.stringify(unknown)}; allowed: ${allowed}, separated by commas`)
  }
  return all.filter((one) => names(one).some((name) => wanted.includes(name)))
}
