import { isUnavailable, type Unavailable } from '@spsc/core'
import { foldersUp, type Hierarchy, hierarchies } from '../cgroup-folders.js'
import { derive } from '../kernel-files.js'
import { type Counters, labelled, readCounters } from './counters.js'

type Throttling = Counters<'count' | 'ns'>
type Level = Exclude<Throttling, Unavailable>

/** The name and unit in which each version tells the time held back. */
const TIMES = { 1: { name: 'throttled_time', ns: 1 }, 2: { name: 'throttled_usec', ns: 1000 } } as const

/**
 * How often the CPU quota of a process's cgroup, or of one above it, ran out, and the CPU time that was held back, summed.
 */
export function readThrottling(root: string, pid: number): Throttling {
  return derive(hierarchies(root, pid, 'cpu'), (found) => {
    // Where both versions are mounted, the controller is in version 1.
    const hierarchy = (found.find(({ version }) => version === 1) ?? found[0]) as Hierarchy
    const time = TIMES[hierarchy.version]
    const levels = foldersUp(hierarchy).map((folder) =>
      readCounters(
        root,
        `${folder}/cpu.stat`,
        (text) => ({ count: labelled(text, 'nr_throttled'), ns: labelled(text, time.name) * time.ns }),
        'no CPU quota can be set there',
      ),
    )
    // The root of version 2 has a cpu.stat without quota; in a container the group's own name may not be mounted.
    const counted = levels.filter((level): level is Level => !isUnavailable(level))
    if (counted.length === 0) return levels.at(-1) as Unavailable
    return counted.reduce((sum, level) => ({ count: sum.count + level.count, ns: sum.ns + level.ns }))
  })
}
