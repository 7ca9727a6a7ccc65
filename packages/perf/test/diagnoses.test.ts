import { type Unavailable, unavailable } from '@spsc/core'
import { type Diagnosis, diagnoses, type Machine } from '@spsc/perf'
import test from 'ava'

/** A machine on which nothing is to be said. */
const IDEAL: Machine = {
  system: 'linux x64',
  memory_mib: 16_000,
  node: '22.18.0',
  v8: '12.4',
  cpus: {
    model: 'Ideal CPU',
    online: [0, 1, 2, 3],
    allowed: [0, 1, 2, 3],
    isolated: [],
    packages: [[0, 1, 2, 3]],
    cores: [[0], [1], [2], [3]],
    nodes: [[0, 1, 2, 3]],
    governors: ['performance'],
  },
  kernel: {
    release: '6.12.0',
    preemption: 'full',
    clock_source: 'tsc',
    timer_slack_ns: 50_000,
    perf_event_paranoid: 1,
    may_watch_all: false,
  },
  virtual: { hypervisor: 'none', kvm: true },
  cgroup: { cpu_quota: 'none', memory_limit_mib: 'none' },
  limits: { memlock_bytes: 8 * 2 ** 20, realtime_priority: 0 },
  load: 0.1,
  steal: { share: 0, ticks: 120 },
  pmu: { cycles: true },
  tools: { perf: 'perf version 6.12', taskset: 'taskset from util-linux 2.41', qemu: 'QEMU emulator version 10' },
  addon: true,
  ping_pong: {
    pairs: [
      { cpus: [0, 1], round_trip: { median_ns: 120, min_ns: 110, max_ns: 150, batches: 90 } },
      { cpus: [0, 2], round_trip: { median_ns: 90, min_ns: 80, max_ns: 95, batches: 90 } },
    ],
    of: 2,
  },
}

type Change = { readonly [Part in keyof Machine]?: Partial<Machine[Part]> | Machine[Part] }

/** The ideal machine with some parts changed. */
function machine(change: Change): Machine {
  const parts = Object.entries(change).map(([name, part]) => {
    const ideal = IDEAL[name as keyof Machine]
    const merge = ['cpus', 'kernel', 'virtual', 'cgroup', 'limits', 'tools'].includes(name)
    return [name, merge ? { ...(ideal as object), ...(part as object) } : part]
  })
  return { ...IDEAL, ...Object.fromEntries(parts) } as Machine
}

function line(check: string, change: Change): Diagnosis {
  return diagnoses(machine(change)).find((diagnosis) => diagnosis.check === check) as Diagnosis
}

test('on a machine with nothing amiss every line is ok and none asks for a command', (t) => {
  for (const { check, status, found, next } of diagnoses(IDEAL)) {
    t.is(status, 'ok', check)
    t.not(found, '', check)
    t.is(next, undefined, check)
  }
})

test('checks and their order do not depend on the machine', (t) => {
  const why = unavailable('no')
  const nothing = machine({
    cpus: {
      model: why,
      online: why,
      allowed: why,
      isolated: why,
      packages: why,
      cores: why,
      nodes: why,
      governors: why,
    },
    kernel: { release: why, preemption: why, clock_source: why, timer_slack_ns: why, perf_event_paranoid: why },
    steal: why,
    load: why,
    ping_pong: why,
  })
  t.deepEqual(
    diagnoses(nothing).map(({ check }) => check),
    diagnoses(IDEAL).map(({ check }) => check),
  )
  for (const check of ['cpus', 'topology', 'smt', 'isolated', 'ping-pong', 'governor', 'steal', 'load', 'clock']) {
    t.like(
      diagnoses(nothing).find((diagnosis) => diagnosis.check === check),
      { status: 'missing', found: 'no' },
      check,
    )
  }
})

const gone: Unavailable = unavailable('it is not installed')

for (const [name, change, check, status, found, next] of [
  ['Node 20.18', { node: '20.18.3' }, 'node', 'missing', /^20\.18\.3$/, /nvm/],
  ['Node 20.19', { node: '20.19.0' }, 'node', 'ok', /20\.19/, undefined],
  [
    'one of four CPUs',
    { cpus: { allowed: [2] } },
    'cpus',
    'warning',
    /^1 allowed: 2; online beside: 0-1,3$/,
    /taskset -c 0-3 /,
  ],
  ['one CPU in all', { cpus: { allowed: [0], online: [0] } }, 'cpus', 'warning', /^1 allowed: 0$/, undefined],
  ['siblings beside a core', { cpus: { cores: [[0, 2], [1], [3]] } }, 'smt', 'ok', /^0\+2 share a core$/, undefined],
  [
    'siblings alone',
    {
      cpus: {
        allowed: [0, 2],
        cores: [
          [0, 2],
          [1, 3],
        ],
      },
    },
    'smt',
    'warning',
    /^0\+2 share a core$/,
    undefined,
  ],
  [
    'a sibling that is not allowed',
    {
      cpus: {
        allowed: [0, 1],
        cores: [
          [0, 2],
          [1, 3],
        ],
      },
    },
    'smt',
    'ok',
    /no two/,
    undefined,
  ],
  [
    'CPUs of which it is not known how many are online',
    { cpus: { online: gone } },
    'cpus',
    'ok',
    /^4 allowed: 0-3$/,
    undefined,
  ],
  ['isolated CPUs that are not allowed', { cpus: { isolated: [7] } }, 'isolated', 'ok', /^7$/, undefined],
  [
    'isolated CPUs, and it is not known which are allowed',
    { cpus: { isolated: [2], allowed: gone } },
    'isolated',
    'ok',
    /^2$/,
    undefined,
  ],
  [
    'a guest of a host without a name',
    { virtual: { hypervisor: 'unknown' } },
    'hypervisor',
    'warning',
    /no name/,
    undefined,
  ],
  [
    'work for two CPUs, and it is not known which are allowed',
    { load: 2.5, cpus: { allowed: gone } },
    'load',
    'warning',
    /^2\.50 threads/,
    /^ps /,
  ],
  ['no limit on locked memory', { limits: { memlock_bytes: 'unlimited' } }, 'memlock', 'ok', /^unlimited$/, undefined],
  ['no limit on real time', { limits: { realtime_priority: 'unlimited' } }, 'realtime', 'ok', /^unlimited$/, undefined],
  ['isolated CPUs', { cpus: { isolated: [2, 3] } }, 'isolated', 'ok', /^2-3$/, undefined],
  ['a governor that saves', { cpus: { governors: ['powersave'] } }, 'governor', 'warning', /powersave/, /cpupower/],
  ['a guest', { virtual: { hypervisor: 'kvm' } }, 'hypervisor', 'warning', /kvm/, undefined],
  ['1 % of steal', { steal: { share: 0.01, ticks: 100 } }, 'steal', 'ok', /^1\.0 % of 100 ticks$/, undefined],
  ['2 % of steal', { steal: { share: 0.02, ticks: 100 } }, 'steal', 'warning', /^2\.0 %/, /vmstat/],
  ['a busy machine', { load: 2.5 }, 'load', 'warning', /^2\.50 threads/, /^ps /],
  ['a quota', { cgroup: { cpu_quota: 1.5 } }, 'cpu-quota', 'warning', /^1\.5 CPUs' worth/, /cgroup/],
  [
    'little memory allowed',
    { cgroup: { memory_limit_mib: 256 } },
    'memory',
    'warning',
    /^256 MiB allowed, of 16000$/,
    undefined,
  ],
  ['enough memory allowed', { cgroup: { memory_limit_mib: 900 } }, 'memory', 'ok', /^900 MiB allowed/, undefined],
  ['a limit above the memory', { cgroup: { memory_limit_mib: 99_999 } }, 'memory', 'ok', /^16000 MiB$/, undefined],
  ['a slow clock', { kernel: { clock_source: 'hpet' } }, 'clock', 'warning', /hpet/, /clocksource/],
  ['kvm-clock', { kernel: { clock_source: 'kvm-clock' } }, 'clock', 'ok', /kvm-clock/, undefined],
  ['arm’s clock', { kernel: { clock_source: 'arch_sys_counter' } }, 'clock', 'ok', /arch/, undefined],
  [
    'much timer slack',
    { kernel: { timer_slack_ns: 500_000 } },
    'timer-slack',
    'warning',
    /^500 µs$/,
    /--timer-slack 1/,
  ],
  ['no timer slack', { kernel: { timer_slack_ns: 1 } }, 'timer-slack', 'ok', /^0\.001 µs$/, undefined],
  [
    'paranoid 2',
    { kernel: { perf_event_paranoid: 2 } },
    'paranoid',
    'warning',
    /^2$/,
    /sysctl kernel\.perf_event_paranoid=1/,
  ],
  [
    'paranoid 3',
    { kernel: { perf_event_paranoid: 3 } },
    'paranoid',
    'missing',
    /^3$/,
    /sysctl kernel\.perf_event_paranoid=1/,
  ],
  [
    'paranoid 3 for root',
    { kernel: { perf_event_paranoid: 3, may_watch_all: true } },
    'paranoid',
    'ok',
    /^3,/,
    undefined,
  ],
  ['no perf', { tools: { perf: gone } }, 'perf', 'missing', /not installed/, /apt install linux-perf/],
  ['no perf for the counters', { pmu: { ...gone, cause: 'absent' } }, 'pmu', 'missing', /not installed/, /linux-perf/],
  ['forbidden counters', { pmu: { ...gone, cause: 'forbidden' } }, 'pmu', 'missing', /./, /sysctl/],
  ['hidden counters', { pmu: { ...gone, cause: 'not supported' } }, 'pmu', 'warning', /./, undefined],
  ['a perf that fails', { pmu: { ...gone, cause: 'failed' } }, 'pmu', 'missing', /./, /^perf stat/],
  ['little memory to lock', { limits: { memlock_bytes: 65_536 } }, 'memlock', 'warning', /^64 KiB$/, /memlock/],
  ['real time', { limits: { realtime_priority: 99 } }, 'realtime', 'ok', /^up to 99$/, undefined],
  ['no addon', { addon: gone }, 'addon', 'missing', /./, /npm run build -w @spsc\/queue-native/],
  ['no taskset', { tools: { taskset: gone } }, 'taskset', 'missing', /./, /util-linux/],
  ['no qemu', { tools: { qemu: gone } }, 'qemu', 'missing', /./, /qemu-system-x86/],
  ['no qemu on arm', { system: 'linux arm64', tools: { qemu: gone } }, 'qemu', 'missing', /./, /qemu-system-arm/],
  ['a forbidden kvm', { virtual: { kvm: { ...gone, cause: 'forbidden' } } }, 'kvm', 'missing', /./, /usermod/],
  ['no kvm', { virtual: { kvm: { ...gone, cause: 'absent' } } }, 'kvm', 'missing', /./, /modprobe/],
  [
    'no kvm in a guest',
    { virtual: { hypervisor: 'kvm', kvm: { ...gone, cause: 'absent' } } },
    'kvm',
    'missing',
    /./,
    undefined,
  ],
] as const satisfies readonly (readonly [string, Change, string, string, RegExp, RegExp | undefined])[]) {
  test(`${name}: ${check} is ${status}`, (t) => {
    const diagnosis = line(check, change)
    t.is(diagnosis.status, status)
    t.regex(diagnosis.found, found)
    if (next === undefined) t.is(diagnosis.next, undefined)
    else t.regex(diagnosis.next ?? '', next)
    if (status !== 'ok') t.truthy(diagnosis.why)
  })
}

test('threads can be pinned without taskset only by the addon', (t) => {
  t.regex(line('taskset', { tools: { taskset: gone } }).why ?? '', /addon/)
  t.regex(line('taskset', { tools: { taskset: gone }, addon: gone }).why ?? '', /can not be pinned/)
})

test('siblings come with the pins that give each end a core', (t) => {
  const { why } = line('smt', {
    cpus: {
      cores: [
        [0, 1],
        [2, 3],
      ],
    },
  })
  t.regex(why ?? '', /--pin-producer 0 --pin-consumer 2$/)
})

test('of the pairs the nearest and the farthest are shown, and how many were not measured', (t) => {
  t.is(line('ping-pong', {}).found, 'CPUs 0 and 2: 90 ns (80 to 95); CPUs 0 and 1: 120 ns (110 to 150)')
  const ping_pong = {
    pairs: [
      { cpus: [0, 1], round_trip: { median_ns: 120, min_ns: 110, max_ns: 150, batches: 90 } },
      { cpus: [0, 2], round_trip: unavailable('not within 10 s for all pairs') },
    ],
    of: 120,
  } as const
  t.is(line('ping-pong', { ping_pong }).found, 'CPUs 0 and 1: 120 ns (110 to 150); 1 of 120 pairs measured')
  const none = { pairs: [{ cpus: [0, 1], round_trip: unavailable('a thread hung') }], of: 1 } as const
  t.is(line('ping-pong', { ping_pong: none }).found, '0 of 1 pairs measured')
})
