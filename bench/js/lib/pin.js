import { spawnSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'

/** CPUs this process may use, as the kernel lists them (`0-1,4`); empty where it doesn't say. */
function allowedCpus() {
  try {
    const list = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/thread-self/status', 'utf8'))[1]
    return list.split(',').flatMap((range) => {
      const [first, last = first] = range.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, offset) => first + offset)
    })
  } catch {
    return []
  }
}

/** The first and the last allowed CPU, or none with the reason why nothing can be pinned. */
export function chooseCpus() {
  const allowed = allowedCpus()
  if (allowed.length < 2) return { cpus: [], pinning: 'not pinned: fewer than two CPUs known to be allowed' }
  if (spawnSync('taskset', ['--version']).error) return { cpus: [], pinning: 'not pinned: no taskset' }
  const cpus = [allowed[0], allowed.at(-1)]
  return { cpus, pinning: `producer or client on CPU ${cpus[0]}, consumer or server on CPU ${cpus[1]}` }
}

/** Pins the calling thread; `undefined` pins nothing. */
export function pin(cpu) {
  if (cpu === undefined) return
  const tid = readlinkSync('/proc/thread-self').split('/').at(-1)
  const { status, stderr } = spawnSync('taskset', ['-pc', String(cpu), tid], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`taskset can't pin thread ${tid} to CPU ${cpu}: ${stderr.trim()}`)
}
