import { isUnavailable, parseCpuList, type Unavailable, unavailable } from '@spsc/core'
import { derive, readMatch, readNames, readText } from '../kernel-files.js'

const SYS = '/sys/devices/system'

/** The CPUs of a machine, and how they hang together. */
export interface Cpus {
  readonly model: string | Unavailable
  readonly online: number[] | Unavailable
  /** CPUs this process may run on. */
  readonly allowed: number[] | Unavailable
  /** CPUs taken from the scheduler at boot (`isolcpus`). */
  readonly isolated: number[] | Unavailable
  /** Online CPUs by package (socket). */
  readonly packages: number[][] | Unavailable
  /** Online CPUs by core: two in one are SMT siblings. */
  readonly cores: number[][] | Unavailable
  /** CPUs by NUMA node, in the order of the nodes. */
  readonly nodes: number[][] | Unavailable
  /** Frequency governors of the allowed CPUs, each once, by name. */
  readonly governors: string[] | Unavailable
}

function readList(root: string, path: string): number[] | Unavailable {
  return derive(readText(root, path), parseCpuList)
}

/** What a file says of each CPU; unavailable as soon as one CPU's is. */
function ofEach(root: string, cpus: readonly number[], path: (cpu: number) => string): string[] | Unavailable {
  const texts: string[] = []
  for (const cpu of cpus) {
    const text = readText(root, path(cpu))
    if (isUnavailable(text)) return text
    texts.push(text)
  }
  return [...new Set(texts)]
}

/** Each CPU names the group that it is in, itself included. */
function groups(root: string, cpus: readonly number[], file: string): number[][] | Unavailable {
  const lists = ofEach(root, cpus, (cpu) => `${SYS}/cpu/cpu${cpu}/topology/${file}`)
  return derive(lists, (texts) => texts.map(parseCpuList))
}

function nodes(root: string): number[][] | Unavailable {
  return derive(readNames(root, `${SYS}/node`), (names) => {
    const numbers = names.flatMap((name) => /^node(\d+)$/.exec(name)?.[1] ?? []).map(Number)
    const lists = ofEach(
      root,
      numbers.sort((a, b) => a - b),
      (node) => `${SYS}/node/node${node}/cpulist`,
    )
    // A node may have memory and no CPU.
    return derive(lists, (texts) => texts.map(parseCpuList).filter((cpus) => cpus.length > 0))
  })
}

/** @param root of the file tree that holds /proc and /sys */
export function readCpus(root = '/'): Cpus {
  const online = readList(root, `${SYS}/cpu/online`)
  const allowed = derive(
    readMatch(root, '/proc/self/status', /^Cpus_allowed_list:\s*(\S+)$/m, 'the allowed CPUs'),
    parseCpuList,
  )
  const governor = (cpu: number) => `${SYS}/cpu/cpu${cpu}/cpufreq/scaling_governor`
  return {
    // x86 and some boards; most ARM kernels give numbers only.
    model: readMatch(root, '/proc/cpuinfo', /^(?:model name|Model|cpu model)\s*:\s*(.+?)\s*$/m, 'the model of the CPU'),
    online,
    allowed,
    isolated: readList(root, `${SYS}/cpu/isolated`),
    packages: derive(online, (cpus) => groups(root, cpus, 'core_siblings_list')),
    cores: derive(online, (cpus) => groups(root, cpus, 'thread_siblings_list')),
    nodes: nodes(root),
    governors: derive(allowed, (cpus) =>
      derive(ofEach(root, cpus, governor), (names) =>
        names.length > 0 ? names.sort() : unavailable('no CPU is allowed'),
      ),
    ),
  }
}
