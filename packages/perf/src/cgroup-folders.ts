import { type Unavailable, unavailable } from '@spsc/core'
import { derive, readText } from './kernel-files.js'

/** A hierarchy of control groups: where it is mounted, and which group of it holds a process. */
export interface Hierarchy {
  readonly version: 1 | 2
  readonly mount: string
  readonly group: string
}

/**
 * Version 1 mounts each controller by itself, version 2 all together; both at once is usual, each controller in one.
 *
 * @param root of the file tree that holds /proc
 * @see https://man7.org/linux/man-pages/man7/cgroups.7.html
 */
export function hierarchies(root: string, pid: number | 'self', controller: string): Hierarchy[] | Unavailable {
  return derive(readText(root, '/proc/self/mounts'), (mounts) =>
    derive(readText(root, `/proc/${pid}/cgroup`), (groups) => {
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
export function foldersUp({ mount, group }: Hierarchy): string[] {
  const parts = group.split('/').filter((part) => part !== '' && part !== '..')
  return Array.from({ length: parts.length + 1 }, (_, up) => [mount, ...parts.slice(0, parts.length - up)].join('/'))
}
