import { type Counters, readCounters } from './counters.js'

/** Time in which some task waited for a CPU: `some ... total=MICROSECONDS` of `root`/proc/pressure/cpu. */
export function readPressure(root: string): Counters<'some_ns'> {
  return readCounters(
    root,
    '/proc/pressure/cpu',
    (text) => ({ some_ns: Number(/^some .*\btotal=(\d+)/m.exec(text)?.[1] ?? Number.NaN) * 1000 }),
    'it takes a kernel with CONFIG_PSI, and psi=1 on its command line where CONFIG_PSI_DEFAULT_DISABLED is set',
  )
}
