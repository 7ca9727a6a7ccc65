import { isUnavailable, type SchedThread } from '@spsc/core'
import { sched } from '@spsc/perf'
import test from 'ava'
import { folder, tree } from './files.js'
import {
  CONSUMER,
  contextOf,
  cpuLine,
  MACHINE,
  PHASE,
  PID,
  PRODUCER,
  phaseOn,
  phaseRecord,
  threadFiles,
} from './sched-machine.js'

test('a thread’s figures are what the kernel counted between the two readings', async (t) => {
  const before = {
    ...threadFiles(PRODUCER, { schedstat: '1000 2000 3', voluntary: 7, involuntary: 2, migrations: 4, minor: 50 }),
  }
  const after = {
    ...threadFiles(PRODUCER, {
      ...{ schedstat: '6000 2500 13', voluntary: 17, involuntary: 5, migrations: 5, minor: 53, major: 1 },
      ...{ user: 3, system: 2, cpu: 1 },
    }),
  }
  const { threads, delivered, name } = await phaseOn(t, { before, after })
  t.is(name, 'paced')
  t.is(delivered, 5)
  const { run, switches, migrations, faults, modes, last_cpu } = threads.producer
  t.deepEqual(run, { tier: 'proc', cpu_ns: 5000, run_delay_ns: 500, timeslices: 10 })
  t.deepEqual(switches, { tier: 'proc', voluntary: 10, involuntary: 3 })
  t.deepEqual(migrations, { tier: 'proc', count: 1 })
  t.deepEqual(faults, { tier: 'proc', minor: 3, major: 1 })
  t.deepEqual(modes, { tier: 'proc', user_ns: 3e7, system_ns: 2e7 })
  t.is(last_cpu, 1)
  t.deepEqual(threads.consumer.switches, { tier: 'proc', voluntary: 0, involuntary: 0 })
})

const absent: readonly [string, keyof SchedThread, Record<string, string | undefined>, RegExp][] = [
  ['no schedstat', 'run', { [`proc/${PID}/task/${PRODUCER}/schedstat`]: undefined }, /^no \/proc.*CONFIG_SCHED_INFO/],
  ['a schedstat of zeros', 'run', threadFiles(PRODUCER, { schedstat: '0 0 0' }), /counts nothing.*CONFIG_SCHED_INFO/],
  ['no sched', 'migrations', { [`proc/${PID}/task/${PRODUCER}/sched`]: undefined }, /^no \/proc.*CONFIG_SCHED_DEBUG/],
  ['no migrations in sched', 'migrations', { [`proc/${PID}/task/${PRODUCER}/sched`]: 'x\n' }, /has no count/],
  ['no stat', 'faults', { [`proc/${PID}/task/${PRODUCER}/stat`]: undefined }, /^no \/proc.*must be alive/],
]
for (const [what, figure, before, reason] of absent) {
  test(`${what}: ${figure} is unavailable with the cure, and the rest is there`, async (t) => {
    const { threads } = await phaseOn(t, { before })
    const value = threads.producer[figure]
    t.true(isUnavailable(value))
    t.regex((value as { unavailable: string }).unavailable, reason)
    t.false(isUnavailable(threads.producer.switches))
    t.false(isUnavailable(threads.consumer[figure]))
  })
}

test('a thread whose id is not known has no figures, for that reason', async (t) => {
  const root = tree(t, MACHINE)
  const collector = sched({ root })
  const tid = { unavailable: 'nobody knows' }
  await collector.start(contextOf({ producer: { pid: PID, tid }, consumer: { pid: PID, tid: CONSUMER } }))
  await collector.phaseStart?.(PHASE)
  await collector.phaseEnd?.(phaseRecord())
  const data = await collector.stop()
  if (isUnavailable(data)) return t.fail(data.unavailable)
  const threads = data.phases[0]?.threads
  t.deepEqual(threads?.producer.run, tid)
  t.deepEqual(threads?.producer.switches, tid)
  t.false(isUnavailable(threads?.consumer.run))
})

test('without /proc/stat the whole is unavailable', async (t) => {
  const collector = sched({ root: folder(t) })
  const thread = { pid: PID, tid: PRODUCER }
  await collector.start(contextOf({ producer: thread, consumer: thread }))
  await collector.phaseStart?.(PHASE)
  await collector.phaseEnd?.(phaseRecord())
  const data = await collector.stop()
  t.true(isUnavailable(data))
  t.regex((data as { unavailable: string }).unavailable, /proc\/stat.*it takes Linux/)
})

test('no pressure file: unavailable with the cure', async (t) => {
  const idle = { 'proc/stat': `${cpuLine(0, { idle: 9000 })}\n${cpuLine(1, { idle: 9000 })}\n` }
  const { pressure, contamination } = await phaseOn(t, { before: { 'proc/pressure/cpu': undefined }, after: idle })
  t.regex((pressure as { unavailable: string }).unavailable, /CONFIG_PSI/)
  if (isUnavailable(contamination)) return t.fail(contamination.unavailable)
  t.regex(contamination.unjudged.join(), /^pressure: .*CONFIG_PSI/)
})

test('throttling is summed over the cgroup and those above it', async (t) => {
  const after = {
    'sys/fs/cgroup/a/cpu.stat': 'nr_throttled 2\nthrottled_usec 300\n',
    'sys/fs/cgroup/a/b/cpu.stat': 'nr_throttled 1\nthrottled_usec 50\n',
  }
  const { throttling } = await phaseOn(t, { after })
  t.deepEqual(throttling, { tier: 'proc', count: 3, ns: 350_000 })
})

const cgroupV1 = {
  'proc/self/mounts':
    'cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\ncgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\n',
  [`proc/${PID}/cgroup`]: '4:memory:/m\n3:cpu,cpuacct:/docker/x\n0::/\n',
}

test('version 1 of cgroups tells nanoseconds where its controller is mounted', async (t) => {
  const file = 'sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.stat'
  const before = { ...cgroupV1, [file]: 'nr_throttled 1\nthrottled_time 10\n' }
  const { throttling } = await phaseOn(t, { before, after: { [file]: 'nr_throttled 3\nthrottled_time 25\n' } })
  t.deepEqual(throttling, { tier: 'proc', count: 2, ns: 15 })
})

test('a cgroup whose path is not mounted here is looked for at the root of the mount', async (t) => {
  const file = 'sys/fs/cgroup/cpu,cpuacct/cpu.stat'
  const before = { ...cgroupV1, [file]: 'nr_throttled 0\nthrottled_time 0\n' }
  const { throttling } = await phaseOn(t, { before, after: { [file]: 'nr_throttled 1\nthrottled_time 7\n' } })
  t.deepEqual(throttling, { tier: 'proc', count: 1, ns: 7 })
})

test('where no quota can be, throttling is unavailable', async (t) => {
  const root = await phaseOn(t, { before: { [`proc/${PID}/cgroup`]: '0::/\n' } })
  t.regex((root.throttling as { unavailable: string }).unavailable, /no count; no CPU quota/)
  const none = await phaseOn(t, { before: { [`proc/${PID}/cgroup`]: undefined } })
  t.regex((none.throttling as { unavailable: string }).unavailable, /^no \/proc\/10\/cgroup/)
})

test('a /proc/stat that stands still is no idle machine', async (t) => {
  const { cpus, threads } = await phaseOn(t, { waitMs: 100 })
  t.regex((cpus as { unavailable: string }).unavailable, /accounts for 0 % of the time of CPU 0/)
  t.true(isUnavailable(threads.producer.allowed))
})

test('a CPU that is gone makes the shares unavailable', async (t) => {
  const { cpus } = await phaseOn(t, { after: { 'proc/stat': `${cpuLine(0, { idle: 100 })}\n` } })
  t.regex((cpus as { unavailable: string }).unavailable, /CPU 1 was not there/)
})

test('garbage collection comes from the phase’s own probe, and pthreads have none', async (t) => {
  const gc = { count: 2, ns: 900, max_ns: 600 }
  const blocks = { unavailable: 'the thread blocks' }
  const thread = { gc, event_loop_delay: blocks }
  const record = phaseRecord({ javascript: { producer: thread, consumer: thread } })
  const { threads } = await phaseOn(t, { record })
  t.deepEqual(threads.producer.gc, { tier: 'probe', ...gc })
  t.deepEqual(threads.consumer.event_loop_delay, blocks)
  const native = await phaseOn(t, {})
  t.deepEqual(native.threads.producer.gc, { unavailable: 'no JavaScript runs in this thread' })
})

test('the cost of both readings is kept', async (t) => {
  const { sampling_ns } = await phaseOn(t, {})
  t.true(sampling_ns.before > 0 && sampling_ns.after > 0)
})
