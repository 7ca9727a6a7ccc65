import { Program, type Report, type Run } from '@spsc/loom'
import test from 'ava'

const fixture = new URL('./fixtures/endings.js', import.meta.url)
const program = await Program.load({ subject: fixture, scenarios: fixture })
const pairOf = (one: string, more: object = {}): Run => ({ name: 'pairOf', parameters: { one, ...more } })

/** What comes of a thread that does it. */
const FAILS: Record<string, [Run, NonNullable<Report['failure']>['kind'], RegExp]> = {
  'plain reads in a loop that nobody ends': [pairOf('readsForEver'), 'spins', /^one reads and writes without end$/],
  'a pause that no change ends': [pairOf('pausesForEver'), 'asleep', /^one pauses until something changes, for ever$/],
  'a value that is thrown and no error': [pairOf('throwsText'), 'threw', /^one threw no error$/],
  'a constructor that throws': [pairOf('isRefused'), 'threw', /^one threw refused at 0$/],
  'an async function that throws': [pairOf('rejects', { other: 'raises' }), 'threw', /^one threw RangeError: flag is/],
  'a promise that is rejected': [pairOf('rejectsAfterItsPeer'), 'threw', /^one threw TypeError: flag is 0$/],
}

for (const [title, [run, kind, message]] of Object.entries(FAILS)) {
  test(`${title} is a failure that says so, and is replayed`, (t) => {
    const { failure } = program.explore(run)
    t.is(failure?.kind, kind)
    t.regex(failure?.message ?? '', message)
    t.deepEqual(program.replay(run, failure?.schedule ?? '').failure?.message, failure?.message)
  })
}

/** All that comes of `one`, in any order of the threads' steps. */
function outcomes(one: string, more: object = {}): string[] {
  const all = new Set<string>()
  const seen = (value: unknown) => void all.add(String(value))
  const { failure, complete } = program.explore(pairOf(one, { ...more, seen }))
  if (failure || !complete) throw new Error(failure?.message)
  return [...all].sort()
}

test('a timer fires before and after what another thread does', (t) => {
  t.deepEqual(outcomes('waitsForATimer', { other: 'raises' }), ['0', '1'])
})

test('a thread that may die does so also while it waits for a timer', (t) => {
  t.deepEqual(outcomes('waitsForATimer', { mayDie: true }), ['0', 'died'])
})

test('an asynchronous wait with a time limit ends by the notify, by time or at once', (t) => {
  t.deepEqual(outcomes('waitsForTime', { other: 'raises' }), ['not-equal', 'ok', 'timed-out'])
})

test('a wait of no time ends at once', (t) => {
  t.deepEqual(outcomes('waitsForNothing'), ['timed-out,timed-out'])
})

test('a pause ends by what another thread changes', (t) => {
  t.deepEqual(outcomes('pausesForEver', { other: 'raises' }), ['undefined'])
})

test('a schedule in which time passes is replayed, with what has happened then', (t) => {
  const { trace, failure } = program.replay(pairOf('waitsForATimer'), "a'a")
  t.regex(trace, /^ {2}1 timer fires/m)
  t.regex(trace, /^ {2}2 load FLAG: 0/m)
  t.is(failure, undefined)
  t.regex(program.replay(pairOf('waitsForTime'), 'aa~').trace, /times out/)
  t.regex(program.replay(pairOf('waitsForATimer', { mayDie: true }), 'a!').trace, /† dies/)
})

test('a schedule that stops before the end is no failure', (t) => {
  t.is(program.replay(pairOf('pausesForEver', { other: 'raises' }), 'a').failure, undefined)
})

test('a trace tells each kind of step, with the names of the words and the lines of the source', (t) => {
  const { failure } = program.explore({ name: 'everyKind' })
  const steps = (failure?.trace ?? '').split('\n').slice(1)
  const told = steps.map((line) => line.slice(4, 32).trim())
  t.deepEqual(told, [
    'store FLAG: → 5',
    'add FLAG: 5 → 7',
    'sub FLAG: 7 → 6',
    'and FLAG: 6 → 2',
    'or FLAG: 2 → 10',
    'xor FLAG: 10 → 11',
    'exchange WORD: 0 → 4',
    'cmpxchg WORD: 4 → 6',
    'cmpxchg WORD: no, 6',
    'load FLAG: 11',
    'write slots[4]: 11',
    'constructs',
    'waitAsync slots[8] at 0:',
    'asleep',
  ])
  t.is(failure?.message, 'one waits on its event loop, for ever')
})

test('a trace tells when a thread looks again, and when its event loop turns', (t) => {
  const paused = program.replay(pairOf('pausesForEver', { other: 'raises' }), 'abba').trace
  t.regex(paused, /load FLAG: 0 .*store FLAG: → 1 .*notify FLAG: 0 woken .*looks again/s)
  const woken = program.replay(pairOf('waitsForTime', { other: 'raises' }), 'abba').trace
  t.regex(woken, /waitAsync FLAG at 0:.*store FLAG: → 1 .*notify FLAG: 1 woken .*event loop turns/s)
})

test('a name that nothing has is refused, with those that there are', (t) => {
  const refused = { code: 'ERR_OPTION', message: /no scenario is called every; allowed: pairOf, everyKind, / }
  t.throws(() => program.explore({ name: 'every' }), refused)
  const after = { code: 'ERR_OPTION', message: '[spsc] [loom] no thread is called somebody; allowed: one, other' }
  t.throws(() => program.explore({ name: 'afterNobody' }), after)
})

test('bytes race where they are the same ones, however wide the accesses are', (t) => {
  t.is(program.explore({ name: 'bytes', parameters: { at: 0 } }).failure?.kind, 'race')
  t.is(program.explore({ name: 'bytes', parameters: { at: 1 } }).failure?.kind, 'race')
  t.is(program.explore({ name: 'bytes', parameters: { at: 2 } }).failure, undefined)
})

test('lists, maps and sets of a module are in each execution what they were when it loaded', (t) => {
  const all = new Set<string>()
  const seen = (...values: unknown[]) => void all.add(JSON.stringify(values))
  const { failure, executions } = program.explore({ name: 'containers', parameters: { seen } })
  t.is(failure, undefined, failure?.message)
  t.true(executions > 1)
  const each = ['1,2', 'a,1', '1', 3, 0, 2, 0]
  t.deepEqual([...all], [JSON.stringify([each, each])])
})
