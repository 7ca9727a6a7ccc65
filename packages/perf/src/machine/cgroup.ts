import { isUnavailable, type Unavailable, unavailable } from '@spsc/core'
import { derive, readText } from './tree.js'

/** What the control groups of this process allow; the tightest from its own up to the topmost that can be seen. */
export interface Cgroup {
  /** CPUs' worth of time, 1.5 for 150 ms of each 100 ms; `none`: no limit. */
  readonly cpu_quota: number | 'none' | Unavailable
  readonly memory_limit_mib: number | 'none' | Unavailable
}

/** A hierarchy of control groups: where it is mounted, and which group of it holds this process. */
interface Hierarchy {
  readonly version: 1 | 2
  readonly mount: string
  readonly group: string
}

/**
 * Version 1 mounts each controller by itself, version 2 all together; both at once is usual, each controller in one.
 *
 * @see https://man7.org/linux/man-pages/man7/cgroups.7.html
 */
function hierarchies(root: string, controller: string): Hierarchy[] | Unavailable {
  return derive(readText(root, '/proc/self/mounts'), (mounts) =>
    derive(readText(root, '/proc/self/cgroup'), (groups) => {
      const groupOf = (wanted: (controllers: string) => boolean) =>
        groups
          .split('\n')
          .map((line) => /^\d+:([^:]*):(.*)$/.exec(line))
          .find((match) => match !== null && wanted(match[1] as string))?.[2]
      const found = mounts.split('\n').flatMap((line): Hierarchy[] => {
        const [, mount = '', type, options = ''] = line.split(' ')
        const v1 = type === 'cgroup' && options.split(',').includes(controller)
        const group = v1
          ? groupOf((controllers) => controllers.split(',').includes(controller))
          : groupOf((controllers) => controllers === '')
        return group !== undefined && (v1 || type === 'cgroup2') ? [{ version: v1 ? 1 : 2, mount, group }] : []
      })
      return found.length > 0 ? found : unavailable(`no control group for ${controller} is mounted`)
    }),
  )
}

/**
 * Folders from a group's own up to the mount point. In a container the group's name may be the host's, which the mount
 * does not have: the container's own group is the mount point then.
 */
function foldersUp({ mount, group }: Hierarchy): string[] {
  const parts = group.split('/').filter((part) => part !== '' && part !== '..')
  return Array.from({ length: parts.length + 1 }, (_, up) => [mount, ...parts.slice(0, parts.length - up)].join('/'))
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
    cpu_quota: tightest(hierarchies(root, 'cpu'), cpuQuota),
    memory_limit_mib: tightest(hierarchies(root, 'memory'), memoryLimit),
  }
}
