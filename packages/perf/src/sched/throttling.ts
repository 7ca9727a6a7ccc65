import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isUnavailable, type Unavailable, unavailable } from '@spsc/core'
import { type Counters, labelled, readCounters } from './counters.js'

type Throttling = Counters<'count' | 'ns'>
type Level = Exclude<Throttling, Unavailable>

/** Where the kernel says which quota a process is under, and in which unit it tells the time held back. */
interface Hierarchy {
  readonly mount: string
  readonly path: string
  readonly time: 'throttled_time' | 'throttled_usec'
}

/** `root`/proc/PID/cgroup: one line for each hierarchy, `number:controllers:path`; version 2 has number 0 and no names. */
function hierarchyOf(root: string, pid: number): Hierarchy | undefined {
  const lines = readFileSync(join(root, 'proc', String(pid), 'cgroup'), 'utf8').split('\n')
  const entries = lines.map((line) => /^\d+:([^:]*):(.*)$/.exec(line)).filter((match) => match !== null)
  const [, controllers, legacy] = entries.find(([, names]) => names?.split(',').includes('cpu')) ?? []
  if (controllers !== undefined && legacy !== undefined) {
    return { mount: join(root, 'sys/fs/cgroup', controllers), path: legacy, time: 'throttled_time' }
  }
  const unified = entries.find(([, names]) => names === '')?.[2]
  return unified === undefined
    ? undefined
    : { mount: join(root, 'sys/fs/cgroup'), path: unified, time: 'throttled_usec' }
}

/** A cgroup and those above it, up to the root of what this process sees mounted. */
function filesUpwards({ mount, path }: Hierarchy): string[] {
  const files: string[] = []
  for (let at = path; ; at = dirname(at)) {
    const file = join(mount, at, 'cpu.stat')
    if (existsSync(file)) files.push(file)
    if (at === '/' || at === '.') return files
  }
}

/**
 * How often the CPU quota of a process's cgroup, or of one above it, ran out, and the CPU time that was held back, summed.
 * In a container the path may be the host's, which is not mounted there: then it is the container's own root that counts.
 */
export function readThrottling(root: string, pid: number): Throttling {
  let hierarchy: Hierarchy | undefined
  try {
    hierarchy = hierarchyOf(root, pid)
  } catch {}
  if (hierarchy === undefined) return unavailable('the process is in no cgroup with a cpu controller')
  const { time } = hierarchy
  const unit = time === 'throttled_usec' ? 1000 : 1
  const levels = filesUpwards(hierarchy).map((file) =>
    readCounters(
      file,
      (text) => ({ count: labelled(text, 'nr_throttled'), ns: labelled(text, time) * unit }),
      'no CPU quota can be set there',
    ),
  )
  // The root of version 2 has a cpu.stat without quota.
  const counted = levels.filter((level): level is Level => !isUnavailable(level))
  if (counted.length === 0) return levels[0] ?? unavailable(`no cpu.stat from ${hierarchy.path} up; mount the cgroups`)
  return counted.reduce((sum, level) => ({ count: sum.count + level.count, ns: sum.ns + level.ns }))
}
