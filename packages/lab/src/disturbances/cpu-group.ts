import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorMessage, SpscError } from '@spsc/core'

/** A control group of our own, in which CPU time is limited. */
export interface CpuGroup {
  add(pid: number): void
  /** Moves what is in it back to where it came from, and removes it. */
  remove(): void
}

interface Hierarchy {
  readonly version: 1 | 2
  /** Folder of the group that this process is in. */
  readonly own: string
}

const ATTEMPTS = 20
const PAUSE_MS = 10

function groupOf(isIt: (controllers: string) => boolean): string | undefined {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n')
  const found = lines.map((line) => /^\d+:([^:]*):(.*)$/.exec(line)).find((match) => isIt(match?.[1] ?? '-'))
  return found?.[2]
}

/** Where both versions are mounted, the controller is in version 1. */
function hierarchy(): Hierarchy {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
  const isCpu = (list: string) => list.split(',').includes('cpu')
  for (const version of [1, 2] as const) {
    const mount = mounts.find(([, , type, options = '']) =>
      version === 1 ? type === 'cgroup' && isCpu(options) : type === 'cgroup2',
    )?.[1]
    const group = groupOf(version === 1 ? isCpu : (controllers) => controllers === '')
    if (mount !== undefined && group !== undefined) return { version, own: join(mount, group) }
  }
  throw new Error('no control group for CPU time is mounted')
}

/** A process that has just been killed is still in its group for a moment. */
function removeFolder(folder: string): void {
  const never = new Int32Array(new SharedArrayBuffer(4))
  for (let attempt = 1; ; attempt++) {
    try {
      rmdirSync(folder)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || attempt === ATTEMPTS) throw error
      Atomics.wait(never, 0, 0, PAUSE_MS)
    }
  }
}

function limit({ version, own }: Hierarchy, folder: string, quotaUs: number, periodUs: number): void {
  if (version === 1) {
    writeFileSync(join(folder, 'cpu.cfs_period_us'), String(periodUs))
    writeFileSync(join(folder, 'cpu.cfs_quota_us'), String(quotaUs))
    return
  }
  try {
    writeFileSync(join(folder, 'cpu.max'), `${quotaUs} ${periodUs}`)
  } catch {
    writeFileSync(join(own, 'cgroup.subtree_control'), '+cpu')
    writeFileSync(join(folder, 'cpu.max'), `${quotaUs} ${periodUs}`)
  }
}

/**
 * Makes a group that gets `share` of one CPU in each period.
 *
 * @throws `ERR_CAPABILITY` where this process may not make one
 */
export function makeCpuGroup({ share, periodUs }: { readonly share: number; readonly periodUs: number }): CpuGroup {
  let folder: string | undefined
  try {
    const found = hierarchy()
    const made = join(found.own, `spsc-quota-${process.pid}`)
    mkdirSync(made)
    folder = made
    limit(found, made, Math.round(share * periodUs), periodUs)
    return {
      add: (pid) => writeFileSync(join(made, 'cgroup.procs'), String(pid)),
      remove() {
        for (const pid of readFileSync(join(made, 'cgroup.procs'), 'utf8').split('\n')) {
          if (pid === '') continue
          try {
            writeFileSync(join(found.own, 'cgroup.procs'), pid)
          } catch {
            // It has ended.
          }
        }
        removeFolder(made)
      },
    }
  } catch (error) {
    if (folder !== undefined) removeFolder(folder)
    throw new SpscError(
      'ERR_CAPABILITY',
      'lab',
      `cpu-quota needs a control group that this user may write: ${errorMessage(error)}; run as root, or in a delegated group (systemd-run --user --scope -p Delegate=yes spsc …), or leave it out`,
      { cause: error },
    )
  }
}
