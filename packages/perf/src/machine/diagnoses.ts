import { formatCpuList, isUnavailable, type Unavailable } from '@spsc/core'
import type { Machine } from './machine.js'

/** What one line of `spsc doctor` says. */
export interface Diagnosis {
  readonly check: string
  /**
   * `warning`: figures can be had, and suffer from it. `missing`: a tool, a right or a figure is not there; what needs
   * it says so in the results.
   */
  readonly status: 'ok' | 'warning' | 'missing'
  readonly found: string
  /** What it means for measurements. */
  readonly why?: string
  /** The command that changes it, or that shows more. */
  readonly next?: string
}

type Finding = Omit<Diagnosis, 'check'>

/** The oldest Node that the packages say they run on. */
const MIN_NODE = [20, 19] as const
/** Share of all CPU time. */
const MAX_STEAL = 0.01
/** Threads per allowed CPU. */
const MAX_LOAD = 0.5
/** The kernel's default: sleeps end 50 µs late and more. */
const DEFAULT_SLACK_NS = 50_000
/** Read in some tens of nanoseconds without entering the kernel. */
const QUICK_CLOCKS = ['tsc', 'kvm-clock', 'arch_sys_counter', 'hyperv_clocksource_tsc_page']
/** Two threads, their heaps and a full trace. */
const MIN_MEMORY_MIB = 512
/** What current systems give; older ones gave 64 KiB, which perf's buffers of a few CPUs fill. */
const MIN_MEMLOCK_BYTES = 8 * 2 ** 20

function ok(found: string, why?: string): Finding {
  return { status: 'ok', found, ...(why !== undefined && { why }) }
}

function warning(found: string, why: string, next?: string): Finding {
  return { status: 'warning', found, why, ...(next !== undefined && { next }) }
}

function missing(found: string, why?: string, next?: string): Finding {
  return { status: 'missing', found, ...(why !== undefined && { why }), ...(next !== undefined && { next }) }
}

/** What is not known is neither good nor bad. */
function judge<Figure>(figure: Figure | Unavailable, finding: (figure: Figure) => Finding, why?: string): Finding {
  return isUnavailable(figure) ? missing(figure.unavailable, why) : finding(figure)
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}

function node({ node }: Machine): Finding {
  const [major = 0, minor = 0] = node.split('.').map(Number)
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return ok(node)
  return missing(node, `spsc is built for Node ${MIN_NODE.join('.')} and newer`, 'nvm install --lts')
}

function cpus({ cpus: { allowed, online } }: Machine): Finding {
  return judge(allowed, (list) => {
    const others = isUnavailable(online) ? [] : online.filter((cpu) => !list.includes(cpu))
    const found = `${list.length} allowed: ${formatCpuList(list)}${others.length > 0 ? `; online beside: ${formatCpuList(others)}` : ''}`
    if (list.length > 1) return ok(found)
    const next =
      others.length > 0
        ? `taskset -c ${formatCpuList([...list, ...others].sort((a, b) => a - b))} spsc doctor`
        : undefined
    return warning(found, 'the two ends take turns: an end that spins keeps the other from running', next)
  })
}

function topology({ cpus: { packages, cores, nodes, model } }: Machine): Finding {
  const parts = [
    isUnavailable(model) ? [] : [model],
    isUnavailable(packages) ? [] : [count(packages.length, 'package')],
    isUnavailable(cores) ? [] : [count(cores.length, 'core')],
    isUnavailable(nodes) ? [] : [count(nodes.length, 'NUMA node')],
  ].flat()
  return parts.length === 0 ? judge(packages, () => ok('')) : ok(parts.join(', '))
}

function smt({ cpus: { cores, allowed } }: Machine): Finding {
  return judge(cores, (groups) =>
    judge(allowed, (list) => {
      const ours = groups.map((group) => group.filter((cpu) => list.includes(cpu))).filter((group) => group.length > 0)
      const siblings = ours.filter((group) => group.length > 1)
      if (siblings.length === 0) return ok('no two allowed CPUs share a core')
      const found = `${siblings.map((group) => group.join('+')).join(', ')} share a core`
      if (ours.length === 1) return warning(found, 'both ends run on one core, and each slows the other')
      const [first, second] = [ours[0]?.[0], ours[1]?.[0]]
      return ok(found, `for a core each: --pin-producer ${first} --pin-consumer ${second}`)
    }),
  )
}

function isolated({ cpus: { isolated, allowed } }: Machine): Finding {
  return judge(isolated, (list) => {
    if (list.length === 0) return ok('none')
    const ours = isUnavailable(allowed) ? [] : list.filter((cpu) => allowed.includes(cpu))
    return ok(
      formatCpuList(list),
      ours.length > 0 ? `nothing runs there unless it is pinned: --pin-consumer ${ours[0]}` : undefined,
    )
  })
}

function pingPong({ ping_pong, virtual: { hypervisor } }: Machine): Finding {
  return judge(ping_pong, ({ pairs, of }) => {
    const measured = pairs
      .flatMap(({ cpus, round_trip }) => (isUnavailable(round_trip) ? [] : [{ cpus, trip: round_trip }]))
      .sort((a, b) => a.trip.median_ns - b.trip.median_ns)
    const say = ({ cpus, trip }: (typeof measured)[number]) =>
      `CPUs ${cpus.join(' and ')}: ${trip.median_ns} ns (${trip.min_ns} to ${trip.max_ns})`
    const ends = [...new Set([measured.at(0), measured.at(-1)])].flatMap((pair) =>
      pair === undefined ? [] : [say(pair)],
    )
    const cut = of > measured.length ? [`${measured.length} of ${of} pairs measured`] : []
    const which = measured.length === 1 ? '' : ' the nearest and the farthest pair,'
    // Seen on two virtual CPUs: now and then 115 to 146 ns instead of 330 to 370.
    const guest = hypervisor === 'none' ? '' : '; in a guest it may change at any time'
    return ok([...ends, ...cut].join('; '), `round trip of a cache line:${which} median (range of batches)${guest}`)
  })
}

function governor({ cpus: { governors } }: Machine): Finding {
  return judge(
    governors,
    (names) =>
      names.every((name) => name === 'performance')
        ? ok('performance')
        : warning(
            names.join(', '),
            'the clock of a CPU that waits goes down, and figures depend on what ran before',
            'sudo cpupower frequency-set -g performance',
          ),
    'whether the frequency changes is not known',
  )
}

function hypervisor({ virtual: { hypervisor } }: Machine): Finding {
  return judge(hypervisor, (name) =>
    name === 'none'
      ? ok('none')
      : warning(
          name === 'unknown' ? 'a hypervisor that gives no name' : name,
          'this is a virtual machine: the host may take its CPUs away at any moment, which looks like latency',
        ),
  )
}

function kvm({ virtual: { kvm, hypervisor } }: Machine): Finding {
  if (!isUnavailable(kvm)) return ok('/dev/kvm can be opened')
  const why = 'guests are emulated, which is slow'
  if (kvm.cause === 'forbidden') return missing(kvm.unavailable, why, 'sudo usermod -aG kvm "$USER"')
  if (hypervisor !== 'none') return missing(kvm.unavailable, `${why}; the host decides whether a guest has guests`)
  return missing(kvm.unavailable, why, 'sudo modprobe -a kvm_intel kvm_amd')
}

function steal({ steal }: Machine): Finding {
  return judge(steal, ({ share, ticks }) => {
    const found = `${(share * 100).toFixed(1)} % of ${ticks} ticks`
    if (share <= MAX_STEAL) return ok(found)
    return warning(found, 'the host runs others on these CPUs; look at st, and measure at another time', 'vmstat 1 10')
  })
}

function load({ load, cpus: { allowed } }: Machine): Finding {
  return judge(load, (threads) => {
    const found = `${threads.toFixed(2)} threads over the last minute`
    const cpus = isUnavailable(allowed) ? 1 : allowed.length
    if (threads <= MAX_LOAD * cpus) return ok(found)
    return warning(found, 'other work takes turns with the two ends', 'ps -eo pid,psr,pcpu,comm --sort=-pcpu | head')
  })
}

function clock({ kernel: { clock_source } }: Machine): Finding {
  return judge(clock_source, (name) =>
    QUICK_CLOCKS.includes(name)
      ? ok(name)
      : warning(
          name,
          'each stamp enters the kernel, which costs about a microsecond',
          'cat /sys/devices/system/clocksource/*/available_clocksource',
        ),
  )
}

function timerSlack({ kernel: { timer_slack_ns } }: Machine): Finding {
  return judge(timer_slack_ns, (ns) => {
    const found = `${ns / 1000} µs`
    if (ns < DEFAULT_SLACK_NS) return ok(found)
    const why = 'each sleep may end that much later; spsc run sets 1 ns for its threads'
    return ns === DEFAULT_SLACK_NS
      ? ok(`${found}, the default`, `${why}, or this by --timer-slack default`)
      : warning(found, why, 'spsc run --timer-slack 1')
  })
}

function preemption({ kernel: { preemption } }: Machine): Finding {
  return judge(preemption, (mode) => ok(mode))
}

function cpuQuota({ cgroup: { cpu_quota } }: Machine): Finding {
  return judge(cpu_quota, (cpus) =>
    cpus === 'none'
      ? ok('none')
      : warning(
          `${Number(cpus.toFixed(2))} CPUs' worth of time`,
          'once it is used up, both ends stand still until the next period (as a rule of 100 ms); set by the control group',
          'cat /proc/self/cgroup',
        ),
  )
}

function memory({ memory_mib, cgroup: { memory_limit_mib } }: Machine): Finding {
  const limited = typeof memory_limit_mib === 'number' && memory_limit_mib < memory_mib
  const found = limited ? `${memory_limit_mib} MiB allowed, of ${memory_mib}` : `${memory_mib} MiB`
  if ((limited ? memory_limit_mib : memory_mib) >= MIN_MEMORY_MIB) return ok(found)
  return warning(found, `a replicate with a full trace may need up to ${MIN_MEMORY_MIB} MiB`)
}

function memlock({ limits: { memlock_bytes } }: Machine): Finding {
  return judge(memlock_bytes, (bytes) => {
    if (bytes === 'unlimited') return ok(bytes)
    const found = bytes >= 2 ** 20 ? `${Math.floor(bytes / 2 ** 20)} MiB` : `${Math.floor(bytes / 1024)} KiB`
    if (bytes >= MIN_MEMLOCK_BYTES) return ok(found)
    return warning(found, 'the buffers of perf may not fit', 'sudo prlimit --pid $$ --memlock=unlimited')
  })
}

function realtime({ limits: { realtime_priority } }: Machine): Finding {
  return judge(realtime_priority, (highest) =>
    highest === 0 ? ok('none allowed') : ok(highest === 'unlimited' ? highest : `up to ${highest}`),
  )
}

function paranoid({ kernel: { perf_event_paranoid, may_watch_all } }: Machine): Finding {
  return judge(perf_event_paranoid, (level) => {
    if (may_watch_all === true) return ok(`${level}, which does not bind this user`)
    if (level <= 1) return ok(`${level}`)
    const next = 'sudo sysctl kernel.perf_event_paranoid=1'
    if (level === 2) return warning('2', 'perf sees no events of the kernel, such as context switches', next)
    return missing(`${level}`, 'perf may not be used at all', next)
  })
}

function perf({ tools: { perf } }: Machine): Finding {
  return isUnavailable(perf)
    ? missing(
        perf.unavailable,
        'no figures of perf; its package is linux-perf, on Ubuntu linux-tools',
        'sudo apt install linux-perf',
      )
    : ok(perf)
}

function pmu({ pmu, virtual: { hypervisor } }: Machine): Finding {
  if (!isUnavailable(pmu)) return ok('cycles are counted')
  const found = pmu.unavailable
  const why = 'cycles, instructions and cache events will be unavailable'
  switch (pmu.cause) {
    case 'absent':
      return missing(found, why, 'sudo apt install linux-perf')
    case 'forbidden':
      return missing(found, why, 'sudo sysctl kernel.perf_event_paranoid=1')
    case 'not supported':
      return warning(found, hypervisor === 'none' ? why : `${why}: the hypervisor shows no counters`)
    case 'failed':
      return missing(found, why, 'perf stat -e cycles true')
  }
}

function addon({ addon }: Machine): Finding {
  return isUnavailable(addon)
    ? missing(addon.unavailable, 'queues native and mutex do not work', 'npm run build -w @spsc/queue-native')
    : ok('loads')
}

function taskset({ tools: { taskset }, addon }: Machine): Finding {
  if (!isUnavailable(taskset)) return ok(taskset)
  const why = isUnavailable(addon) ? 'threads can not be pinned' : 'the native addon pins threads in its place'
  return missing(taskset.unavailable, why, 'sudo apt install util-linux')
}

function qemu({ tools: { qemu }, system }: Machine): Finding {
  const packaged = system.endsWith(' arm64') ? 'qemu-system-arm' : 'qemu-system-x86'
  return isUnavailable(qemu)
    ? missing(qemu.unavailable, 'no measurements inside a guest', `sudo apt install ${packaged}`)
    : ok(qemu)
}

/** In the order they are shown: what runs, where, beside whom, what can be watched, what helps. */
const CHECKS: Readonly<Record<string, (machine: Machine) => Finding>> = {
  node,
  cpus,
  topology,
  smt,
  isolated,
  'ping-pong': pingPong,
  governor,
  hypervisor,
  steal,
  load,
  'cpu-quota': cpuQuota,
  memory,
  clock,
  'timer-slack': timerSlack,
  preemption,
  paranoid,
  perf,
  pmu,
  memlock,
  realtime,
  addon,
  taskset,
  qemu,
  kvm,
}

/**
 * What a machine's data mean for measurements on it, one line a check, always the same checks in the same order.
 *
 * @example
 * diagnoses(machine).filter(({ status }) => status !== 'ok')
 */
export function diagnoses(machine: Machine): Diagnosis[] {
  return Object.entries(CHECKS).map(([check, finding]) => ({ check, ...finding(machine) }))
}
