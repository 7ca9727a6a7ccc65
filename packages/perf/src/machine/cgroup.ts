import { isUnavailable, type Unavailable } from '@spsc/core'
import { foldersUp, type Hierarchy, hierarchies } from '../cgroup-folders.js'
import { derive, readText } from '../kernel-files.js'

/** What the control groups of this process allow; the tightest from its own up to the topmost that can be seen. */
export interface Cgroup {
  /** CPUs' worth of time, 1.5 for 150 ms of each 100 ms; `none`: no limit. */
  readonly cpu_quota: number | 'none' | Unavailable
  readonly memory_limit_mib: number | 'none' | Unavailable
}

/** The least of the limits set on the way up; `limit` reads one folder's, and gives undefined where there is none. */
function tightest(
  found: Hierarchy[] | Unavailable,
  limit: (hierarchy: Hierarchy, folder: string) => number | undefined,
): number | 'none' | Unavailable {
  return derive(found, (list) => {
    const limits = list.flatMap((hierarchy) => foldersUp(hierarchy).flatMap((folder) => limit(hierarchy, folder) ?? []))
    return limits.length === 0 ? 'none' : Math.min(...limits)
  })
}

/** Version 1 says "no limit" with the highest multiple of a page that fits. */
const V1_UNLIMITED_BYTES = 2 ** 60

/** @param root of the file tree that holds /proc and /sys */
export function readCgroup(root = '/'): Cgroup {
  const numberIn = (path: string): number | undefined => {
    const text = readText(root, path)
    return isUnavailable(text) || !/^\d+$/.test(text) ? undefined : Number(text)
  }
  const cpuQuota = ({ version }: Hierarchy, folder: string): number | undefined => {
    if (version === 1) {
      const quota = numberIn(`${folder}/cpu.cfs_quota_us`)
      const period = numberIn(`${folder}/cpu.cfs_period_us`)
      return quota === undefined || period === undefined ? undefined : quota / period
    }
    const text = readText(root, `${folder}/cpu.max`)
    const match = isUnavailable(text) ? null : /^(\d+) (\d+)$/.exec(text)
    return match === null ? undefined : Number(match[1]) / Number(match[2])
  }
  const memoryLimit = ({ version }: Hierarchy, folder: string): number | undefined => {
    const bytes = numberIn(`${folder}/${version === 1 ? 'memory.limit_in_bytes' : 'memory.max'}`)
    return bytes === undefined || bytes >= V1_UNLIMITED_BYTES ? undefined : Math.round(bytes / 2 ** 20)
  }
  return {
    cpu_quota: tightest(hierarchies(root, 'self', 'cpu'), cpuQuota),
    memory_limit_mib: tightest(hierarchies(root, 'self', 'memory'), memoryLimit),
  }
}
