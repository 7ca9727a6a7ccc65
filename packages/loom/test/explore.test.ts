import { Program, type Report, type Run } from '@spsc/loom'
import test from 'ava'

const fixture = (file: string) => new URL(`./fixtures/${file}`, import.meta.url)
const program = await Program.load({ subject: fixture('subject.js'), scenarios: fixture('scenarios.js') })
const pair = (parameters: object): Run => ({ name: 'pair', parameters })

/** What each wrong protocol is found to be. */
const FOUND: Record<string, [Run, NonNullable<Report['failure']>['kind'], RegExp]> = {
  'a notify that is missing': [
    pair({ writes: 'publishSilently', reads: 'take' }),
    'asleep',
    /reader sleeps .*take wait/,
  ],
  'data written after its flag': [
    pair({ writes: 'publishTooEarly', reads: 'take' }),
    'race',
    /publishTooEarly set|take get/,
  ],
  'a read-modify-write in two steps': [{ name: 'counter', parameters: { add: 'add' } }, 'wrong', /expected 2, got 1/],
  'a wait that nobody ends': [pair({ writes: 'visit', reads: 'take' }), 'asleep', /for ever/],
  'a loop that polls': [pair({ writes: 'visit', reads: 'spin' }), 'spins', /goes on without end/],
  'a writer that dies': [pair({ writes: 'publish', reads: 'take', mayDie: true }), 'asleep', /reader sleeps/],
  'a plain read of what is written at any time': [{ name: 'hints', parameters: {} }, 'race', /hint get/],
  'an event loop that nobody wakes': [pair({ writes: 'publishSilently', reads: 'takeAsync' }), 'asleep', /event loop/],
}

for (const [title, [run, kind, message]] of Object.entries(FOUND)) {
  test(`finds ${title}, and replays it from its schedule`, (t) => {
    const { failure } = program.explore(run)
    t.is(failure?.kind, kind)
    t.regex(failure?.message ?? '', message)
    const replayed = program.replay(run, failure?.schedule ?? '')
    t.is(replayed.failure?.message, failure?.message ?? '')
    t.is(replayed.trace, failure?.trace ?? '')
    for (const line of replayed.trace.split('\n')) t.true(line.length <= 80, line)
  })

  test(`finds ${title} by chance, the same at each run with a seed`, (t) => {
    const [once, again] = [1, 2].map(() => program.sample(run, { executions: 2000, seed: 7 }))
    t.is(once?.failure?.kind, kind)
    t.is(once?.executions, again?.executions)
  })
}

const HOLDS: Record<string, Run> = {
  'a flag over data': pair({ writes: 'publish', reads: 'take', expected: 42 }),
  'the same on an event loop': pair({ writes: 'publish', reads: 'takeAsync', expected: 42 }),
  'an atomic read-modify-write': { name: 'counter', parameters: { add: 'addAtomically' } },
  'a death that somebody tells of': { name: 'answered' },
  'variables of a module, which each thread has for itself in each execution': { name: 'visits' },
}

for (const [title, run] of Object.entries(HOLDS)) {
  test(`finds nothing wrong with ${title}`, (t) => {
    const { failure, complete, executions } = program.explore(run)
    t.is(failure, undefined, failure?.trace)
    t.true(complete)
    t.true(executions > 1)
  })
}

test.serial('a racing read that may gets any value that is not ruled out, also older ones, in any order', (t) => {
  const seen = new Set<string>()
  Object.assign(globalThis, { seenByLoom: seen })
  t.is(program.explore({ name: 'hints', parameters: { racy: ['Cell.hint'] } }).failure, undefined)
  const all = [0, 1, 2].flatMap((first) => [0, 1, 2].map((second) => `${first},${second}`))
  t.deepEqual([...seen].sort(), all)
})

test('a wait with a time limit ends by the notify in some orders and by time in others', (t) => {
  const ends = ['ok', 'timed-out', 'not-equal'].filter((end) => {
    const run = pair({ writes: 'publish', reads: 'takeWithin', expected: end })
    return program.explore(run).failure?.message !== undefined
  })
  t.deepEqual(ends, ['ok', 'timed-out', 'not-equal'])
})

test('fewer preemptions, fewer executions; none finds what takes none', (t) => {
  const run = { name: 'counter', parameters: { add: 'add' } }
  t.is(program.explore({ ...run, preemptions: 0 }).failure, undefined)
  t.is(program.explore({ ...run, preemptions: 1 }).failure?.kind, 'wrong')
  const states = [0, 1, 2].map((preemptions) => program.explore({ ...pairOf(), preemptions }).states)
  t.deepEqual(
    states,
    [...states].sort((a, b) => a - b),
  )
})

const pairOf = () => pair({ writes: 'publish', reads: 'take', expected: 42 })

test('a search that is given up says so', (t) => {
  t.false(program.explore(pairOf(), { maxStates: 3 }).complete)
})

test('a generator of the source is refused when it is called', (t) => {
  t.regex(program.explore({ name: 'generator' }).failure?.message ?? '', /a generator function/)
})

test('a schedule that is none, or asks for what can not be, is refused', (t) => {
  t.throws(() => program.replay(pairOf(), 'a?'), { code: 'ERR_OPTION' })
  t.throws(() => program.replay(pairOf(), 'a!'), { message: /which it can't/ })
})

test('what is no JavaScript is refused', async (t) => {
  const options = { subject: new URL('file:///a.ts'), scenarios: fixture('scenarios.js') }
  await t.throwsAsync(Program.load(options), { code: 'ERR_UNSUPPORTED' })
})

test('each change of an access is noticed, but those that change nothing', (t) => {
  const mutants = [...program.mutants([pairOf()])].filter(({ reached }) => reached)
  const alive = mutants.filter(({ killedBy }) => killedBy === undefined).map(({ name }) => name)
  t.true(mutants.length >= 12)
  t.deepEqual(alive, [
    'subject.js Cell.flag load: reorder',
    'subject.js Cell.publish notify: reorder',
    'subject.js Cell.take get: reorder',
  ])
})
