import test from 'ava'
import { parseSettings } from '../js/settings.js'

const catalogue = {
  workloads: [
    { name: 'singles', family: 'singles' },
    { name: 'bytes-64', family: 'bytes' },
    { name: 'bytes-1024', family: 'bytes' },
  ],
  peers: [{ name: 'spsc' }, { name: 'MessagePort' }],
}
const parse = (...args: string[]) => parseSettings(args, catalogue)
const names = (list: { name: string }[]) => list.map(({ name }) => name)

test('without options everything is measured, for a time', (t) => {
  const settings = parse()
  t.is(settings.workloads.length, 3)
  t.is(settings.peers.length, 2)
  t.is(settings.seconds, 0.25)
  t.is(settings.items, undefined)
  t.is(settings.capacity, 1024)
})

test('a workload is chosen by its name or its family, a peer by its name in any case', (t) => {
  t.deepEqual(names(parse('--workloads', 'bytes').workloads), ['bytes-64', 'bytes-1024'])
  t.deepEqual(names(parse('--workloads', 'bytes-1024, singles').workloads), ['singles', 'bytes-1024'])
  t.deepEqual(names(parse('--peers', 'messageport').peers), ['MessagePort'])
})

test('numbers are read within their ranges', (t) => {
  const { rounds, seed, seconds } = parse('--rounds', '3', '--seed=4294967295', '--seconds', '.5')
  t.deepEqual({ rounds, seed, seconds }, { rounds: 3, seed: 4294967295, seconds: 0.5 })
})

for (const [what, args, expected] of [
  ['a value out of range', ['--rounds', '0'], '--rounds is "0"; allowed: an integer from 1 to 10000'],
  ['a fraction of an item', ['--items', '1.5'], '--items is "1.5"; allowed: an integer from 1 to 1073741824'],
  ['no number', ['--seconds', 'x'], '--seconds is "x"; allowed: a number from 0.001 to 10'],
  ['an unknown workload', ['--workloads', 'x'], 'names "x"; allowed: singles, bytes-64, bytes, bytes-1024, separated'],
  ['an unknown peer', ['--peers', 'spsc,'], 'names ""; allowed: spsc, MessagePort, separated'],
  ['an unknown option', ['--x'], "Unknown option '--x'; allowed: --rounds …, --seed …"],
  ['items and seconds', ['--items', '1', '--seconds', '1'], 'both --items and --seconds are given; allowed: one'],
] as const) {
  test(`${what} is an error that says what is allowed`, (t) => {
    const error = t.throws(() => parse(...args))
    t.true(error.message.includes(expected), error.message)
  })
}

test('another runtime gets the same arguments but for its name', (t) => {
  const { runtime, args } = parse('--rounds', '3', '--runtime', 'bun', '--native')
  t.is(runtime, 'bun')
  t.deepEqual(args, ['--rounds=3', '--native'])
})
