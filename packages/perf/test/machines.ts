import type { Files } from './files.js'

const SYS = '/sys/devices/system'

function status(allowed: string, capabilities: string): string {
  return `Name:\tnode\nCapEff:\t${capabilities}\nCpus_allowed:\tff\nCpus_allowed_list:\t${allowed}`
}

function limits(memlock: string, realtime: string): string {
  return [
    'Limit                     Soft Limit           Hard Limit           Units     ',
    `Max locked memory         ${memlock.padEnd(20)} ${memlock.padEnd(20)} bytes     `,
    `Max realtime priority     ${realtime.padEnd(20)} ${realtime.padEnd(20)}           `,
  ].join('\n')
}

/** Two cores with two threads each, frequency scaling, no hypervisor, control groups of version 2. */
export const LAPTOP: Files = {
  '/proc/cpuinfo': 'processor\t: 0\nmodel name\t: Intel(R) Core(TM) i7-1165G7 @ 2.80GHz\nflags\t\t: fpu vme tsc ht',
  '/proc/self/status': status('0-3', '0000000000000000'),
  '/proc/self/timerslack_ns': '50000',
  '/proc/self/limits': limits('8388608', '0'),
  '/proc/self/mounts': 'proc /proc proc rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n/dev/sda1 / ext4 rw 0 0',
  '/proc/self/cgroup': '0::/user.slice/user-1000.slice',
  '/proc/sys/kernel/osrelease': '6.12.9-amd64',
  '/proc/sys/kernel/perf_event_paranoid': '3',
  '/proc/version': 'Linux version 6.12.9-amd64 (gcc 14) #1 SMP PREEMPT_DYNAMIC Debian',
  '/proc/cmdline': 'BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro preempt=voluntary quiet',
  '/proc/loadavg': '0.25 0.31 0.40 1/900 4321',
  '/proc/stat': 'cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 25 0 25 200 0 0 0 0 0 0',
  [`${SYS}/cpu/online`]: '0-3',
  [`${SYS}/cpu/isolated`]: '3',
  ...Object.fromEntries(
    [0, 1, 2, 3].flatMap((cpu) => [
      [`${SYS}/cpu/cpu${cpu}/topology/core_siblings_list`, '0-3'],
      [`${SYS}/cpu/cpu${cpu}/topology/thread_siblings_list`, cpu % 2 === 0 ? '0,2' : '1,3'],
      [`${SYS}/cpu/cpu${cpu}/cpufreq/scaling_governor`, cpu === 3 ? 'performance' : 'powersave'],
    ]),
  ),
  [`${SYS}/node/node0/cpulist`]: '0-3',
  [`${SYS}/node/possible`]: '0',
  [`${SYS}/clocksource/clocksource0/current_clocksource`]: 'tsc',
  [`${SYS}/clocksource/clocksource0/available_clocksource`]: 'tsc hpet acpi_pm',
  '/sys/class/dmi/id/sys_vendor': 'LENOVO',
  '/sys/fs/cgroup/cgroup.controllers': 'cpu memory',
  '/sys/fs/cgroup/user.slice/cpu.max': 'max 100000',
  '/sys/fs/cgroup/user.slice/memory.max': 'max',
  '/dev/kvm': '',
}

/** Four CPUs in two packages, each a NUMA node; one more node with memory alone. */
export const VM: Files = {
  '/proc/cpuinfo': 'model name\t: AMD EPYC\nflags\t\t: fpu tsc hypervisor',
  '/proc/self/status': status('0-3', '000001ffffffffff'),
  '/proc/self/timerslack_ns': '50000',
  '/proc/self/limits': limits('unlimited', '99'),
  '/proc/sys/kernel/osrelease': '6.1.0',
  '/proc/sys/kernel/perf_event_paranoid': '3',
  '/proc/version': 'Linux version 6.1.0 (gcc 12) #1 SMP PREEMPT_RT',
  '/proc/stat': 'cpu  10 0 0 10 0 0 0 0 0 0',
  [`${SYS}/cpu/online`]: '0-3',
  [`${SYS}/cpu/isolated`]: '',
  ...Object.fromEntries(
    [0, 1, 2, 3].flatMap((cpu) => [
      [`${SYS}/cpu/cpu${cpu}/topology/core_siblings_list`, cpu < 2 ? '0-1' : '2-3'],
      [`${SYS}/cpu/cpu${cpu}/topology/thread_siblings_list`, `${cpu}`],
    ]),
  ),
  [`${SYS}/node/node0/cpulist`]: '0-1',
  [`${SYS}/node/node1/cpulist`]: '2-3',
  [`${SYS}/node/node10/cpulist`]: '',
  [`${SYS}/clocksource/clocksource0/current_clocksource`]: 'kvm-clock',
  [`${SYS}/clocksource/clocksource0/available_clocksource`]: 'kvm-clock tsc acpi_pm',
}

/** A laptop's container: two CPUs, half the time of three CPUs above it, 256 MiB, its group named as the host names it. */
export const CONTAINER: Files = {
  ...LAPTOP,
  '/proc/self/status': status('1,3', '00000000a80425fb'),
  '/proc/self/cgroup': '0::/docker/0123abc/inner',
  '/sys/fs/cgroup/cpu.max': '150000 100000',
  '/sys/fs/cgroup/memory.max': '268435456',
}

/** The same with control groups of version 1, the memory's unlimited. */
export const CONTAINER_V1: Files = {
  '/proc/self/mounts': [
    'cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,cpu,cpuacct 0 0',
    'cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0',
    'cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0',
  ].join('\n'),
  '/proc/self/cgroup': '7:memory:/jobs/a\n3:cpu,cpuacct:/jobs/a\n0::/jobs/a',
  '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '-1',
  '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000',
  '/sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_quota_us': '50000',
  '/sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_period_us': '100000',
  '/sys/fs/cgroup/cpu,cpuacct/jobs/a/cpu.cfs_quota_us': '200000',
  '/sys/fs/cgroup/cpu,cpuacct/jobs/a/cpu.cfs_period_us': '100000',
  '/sys/fs/cgroup/memory/jobs/a/memory.limit_in_bytes': '9223372036854771712',
}
