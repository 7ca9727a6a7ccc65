import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isUnavailable, type PerfStatData, type PerfStatEvent, type RunContext, type Unavailable } from '@spsc/core'
import { checkPerfEvents, perfStat } from '@spsc/perf'
import anyTest, { type ExecutionContext } from 'ava'
import { context, pathOf, phase, phaseRecord, printing } from './fake-perf.js'

// They change PATH, which is the whole process's; and there is no perf elsewhere.
const test = process.platform === 'linux' ? anyTest.serial : anyTest.serial.skip

async function collect(events?: string, run: RunContext = context()): Promise<PerfStatData | Unavailable> {
  const collector = perfStat(events === undefined ? {} : { events })
  await collector.start(run)
  await collector.phaseStart?.(phase())
  await collector.phaseEnd?.(phaseRecord())
  return collector.stop()
}

/** The events of the one phase that such a perf gives. */
async function counted(t: ExecutionContext, perf: string, events?: string): Promise<readonly PerfStatEvent[]> {
  pathOf(t, { perf }, ['/bin', '/usr/bin'])
  const data = await collect(events)
  if (isUnavailable(data)) throw new Error(data.unavailable)
  const [first] = data.phases
  if (first === undefined || isUnavailable(first)) throw new Error(first?.unavailable)
  t.true(first.window_ns > 0)
  return first.events
}

async function reason(t: ExecutionContext, files: Readonly<Record<string, string>>, run?: RunContext): Promise<string> {
  pathOf(
    t,
    files,
    ['/bin', '/usr/bin'].filter((dir) => files.perf !== undefined || !existsSync(join(dir, 'perf'))),
  )
  const data = await collect(undefined, run)
  return isUnavailable(data) ? data.unavailable : `measured ${JSON.stringify(data)}`
}

/** A perf that writes this to stderr and ends. */
function failing(code: number, stderr: string): string {
  return `#!/bin/sh\ncat >&2 <<'END'\n${stderr}\nEND\nexit ${code}\n`
}

test('counts of both threads are added up, and those of the others stand apart', async (t) => {
  const perf = printing(
    ['P', '27.16', 'msec', 'task-clock', 27160000, '100.00', '0.01', 'CPUs utilized'],
    ['C', '17.05', 'msec', 'task-clock', 17050000, '100.00', '0.01', 'CPUs utilized'],
    ['1', '2.00', 'msec', 'task-clock', 2000000, '100.00', '0.01', 'CPUs utilized'],
    ['C', 1830, '', 'context-switches', 17050000, '100.00', '107.3', 'K/sec'],
    ['P', 2003, '', 'context-switches', 27160000, '100.00', '73.7', 'K/sec'],
    ['1', 5, '', 'context-switches', 2000000, '100.00', '2.5', 'K/sec'],
    ['2', '<not counted>', '', 'context-switches', 0, '100.00', '', ''],
  )
  const figures = { tier: 'perf', running_share: 1 }
  t.deepEqual(await counted(t, perf), [
    { event: 'task-clock', unit: 'msec', value: 44.21, producer: 27.16, consumer: 17.05, others: 2, ...figures },
    { event: 'context-switches', unit: '', value: 3833, producer: 2003, consumer: 1830, others: 5, ...figures },
  ] as PerfStatEvent[])
})

test('what the machine can not count is not supported, and no number', async (t) => {
  const row = ['<not supported>', '', 'cycles', 0, '100.00', '', '']
  const none = '<not supported>'
  t.deepEqual(await counted(t, printing(['P', ...row], ['C', ...row], ['1', ...row])), [
    { event: 'cycles', tier: 'hardware', unit: '', value: none, producer: none, consumer: none, others: none },
  ] as PerfStatEvent[])
})

test('a thread in which an event had no counter leaves the sum uncounted', async (t) => {
  const [event] = await counted(
    t,
    printing(['P', 7, '', 'cycles', 100, '100.00', '', ''], ['C', '<not counted>', '', 'cycles', 0, '0.00', '', '']),
  )
  t.like(event, { value: '<not counted>', producer: 7, consumer: '<not counted>', running_share: undefined })
})

test('events that took turns say for how much of their time they were counted', async (t) => {
  const [event] = await counted(
    t,
    printing(
      ['P', 1000, '', 'cycles', 100, '75.25', '', ''],
      ['C', 500, '', 'cycles', 100, '50.50', '', ''],
      ['P', '', '', '', '', '', '1.2', 'insn per cycle'],
    ),
  )
  t.like(event, { value: 1500, running_share: 0.505 })
})

test('context switches that perf may count in user space only are unavailable, since they would read 0', async (t) => {
  const events = await counted(
    t,
    printing(
      ['P', 0, '', 'context-switches:u', 100, '100.00', '', ''],
      ['C', 0, '', 'context-switches:u', 100, '100.00', '', ''],
      ['P', 4, '', 'faults:u', 100, '100.00', '', ''],
      ['C', 5, '', 'faults:u', 100, '100.00', '', ''],
    ),
  )
  const value = events[0]?.value
  t.regex(
    isUnavailable(value) ? value.unavailable : `${value}`,
    /in the kernel only; .*kernel\.perf_event_paranoid is /,
  )
  t.like(events[1], { event: 'faults:u', value: 9 })
})

test('a tracepoint is no processor counter', async (t) => {
  const row = [3, '', 'sched:sched_switch', 100, '100.00', '', '']
  t.like((await counted(t, printing(['P', ...row], ['C', ...row])))[0], { tier: 'perf', value: 6 })
})

test('a decimal comma is refused, not misread', async (t) => {
  const perf = printing(['P', '27,16', 'msec', 'task-clock', 27160000, '100,00', '', ''])
  t.is(await reason(t, { perf }), 'perf printed "27,16" where a count belongs')
})

test('perf gets the events as they were given, no locale, and every process of the two ends', async (t) => {
  const perf = printing(['P', 1, '', 'cs', 1, '100.00']).replace('\n', '\necho "$@" $LC_ALL > "$0.args"\n')
  const dir = pathOf(t, { perf }, ['/bin', '/usr/bin'])
  await collect('{cs,faults},cpu/event=0x3,umask=1/')
  const args = readFileSync(join(dir, 'perf.args'), 'utf8')
  t.true(args.startsWith(`stat --event {cs,faults},cpu/event=0x3,umask=1/ --pid ${process.pid} --per-thread `), args)
  t.true(args.endsWith(' C\n'))
})

test('phases are kept apart, and one that fails costs itself alone', async (t) => {
  const good = printing(['P', 1, '', 'cs', 1, '100.00'], ['C', 1, '', 'cs', 1, '100.00'])
  const perf = good.replace('\n', '\nmkdir "$0.begun" || exit 7\n')
  pathOf(t, { perf }, ['/bin', '/usr/bin'])
  const collector = perfStat({ events: 'cs' })
  await collector.start(context())
  for (const name of ['throughput', 'sampled'] as const) {
    await collector.phaseStart?.(phase(name))
    await collector.phaseEnd?.(phaseRecord(name))
  }
  const data = await collector.stop()
  t.like(data, { events: 'cs', phases: [{ phase: 'throughput' }, { phase: 'sampled' }] })
  const [first, second] = isUnavailable(data) ? [] : data.phases
  t.false(isUnavailable(first))
  t.regex(isUnavailable(second) ? second.unavailable : '', /^perf ended early with code 7/)
})

test('without perf it says how to get it, and in a guest that there is none', async (t) => {
  t.regex(await reason(t, {}), /^perf is not in PATH; .*apt install linux-perf/)
  process.env.SPSC_IS_GUEST = '1'
  t.teardown(() => delete process.env.SPSC_IS_GUEST)
  t.is(await reason(t, {}), 'a guest has no perf; leave out --in qemu to count on the host')
})

test('a perf that may not count gives the setting and what lifts it', async (t) => {
  const perf = failing(255, 'Error:\nConsider adjusting /proc/sys/kernel/perf_event_paranoid setting')
  t.regex(await reason(t, { perf }), /^perf is not allowed to count: kernel\.perf_event_paranoid is \S+; run as root/)
})

test('an event that perf does not know is told in its words', async (t) => {
  const stderr = "event syntax error: 'nosuch'\n                     \\___ parser error\nRun 'perf list' for a list\n"
  const perf = failing(129, stderr)
  t.is(
    await reason(t, { perf }),
    "perf does not know the events: event syntax error: 'nosuch': parser error; perf list shows what it knows",
  )
  t.is(await checkPerfEvents('nosuch'), "event syntax error: 'nosuch': parser error")
})

test('a perf without --control is too old', async (t) => {
  const perf = failing(129, "  Error: unknown option `control=fd:3,3'\n\n Usage: perf stat [<options>]")
  t.regex(await reason(t, { perf }), /^perf is too old: unknown option .*; 5\.10 or newer is needed$/)
})

test('threads that perf does not find are those of another PID namespace', async (t) => {
  const perf = failing(
    255,
    'Error:\nThe sys_perf_event_open() syscall returned with 3 (No such process) for event (cs).',
  )
  t.is(await reason(t, { perf }), 'perf finds no such threads: their ids are of another PID namespace')
})

test('a perf that can not be executed is told', async (t) => {
  const dir = pathOf(t, { perf: '' })
  chmodSync(join(dir, 'perf'), 0o644)
  t.like(await collect(), { unavailable: "perf can't be started: spawn perf EACCES" })
})

test('garbage is told as such', async (t) => {
  const perf = printing([]).replace('node-', 'hello there')
  t.regex(await reason(t, { perf }), /^perf printed no count: "hello there/)
})

test('a perf that hangs is ended, and takes no phase with it', async (t) => {
  const perf = '#!/bin/sh\ntrap "" INT\necho $$ > "$0.pid"\nexec sleep 100\n'
  const dir = pathOf(t, { perf }, ['/bin', '/usr/bin'])
  const data = await collect()
  t.regex(isUnavailable(data) ? data.unavailable : '', /^perf did not answer enable within 4 s/)
  const pid = Number(readFileSync(join(dir, 'perf.pid'), 'utf8'))
  t.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
})

test('a perf that ends in the middle of a phase has counted nothing', async (t) => {
  const perf = '#!/bin/sh\nread -r on <&3; echo ack >&3\necho late >&2\nexit 3\n'
  t.is(await reason(t, { perf }), 'perf ended early with code 3: late')
})

test('a run that stops within a phase leaves no perf behind, and none starts later', async (t) => {
  const perf = '#!/bin/sh\necho $$ >> "$0.pids"\nread -r on <&3; echo ack >&3\nexec sleep 100\n'
  const dir = pathOf(t, { perf }, ['/bin', '/usr/bin'])
  const collector = perfStat()
  await collector.start(context())
  await collector.phaseStart?.(phase())
  t.deepEqual(await collector.stop(), { unavailable: 'no phase was measured' })
  await collector.phaseStart?.(phase())
  await collector.phaseEnd?.(phaseRecord())
  const pids = readFileSync(join(dir, 'perf.pids'), 'utf8').trim().split('\n').map(Number)
  t.is(pids.length, 1)
  t.throws(() => process.kill(pids[0] as number, 0), { code: 'ESRCH' })
})

test('an end whose thread is not known, or is not there, is told by name', async (t) => {
  const unknown = { pid: process.pid, tid: { unavailable: 'no /proc here' } }
  t.is(await reason(t, {}, context({ consumer: unknown })), "the consumer's thread is not known: no /proc here")
  const gone = { pid: process.pid, tid: 2 ** 30 }
  t.regex(await reason(t, {}, context({ producer: gone })), /^the producer's thread 1073741824 is not in \/proc\//)
})
