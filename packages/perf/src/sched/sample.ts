import { nowNs, type Role, type RunContext, type Unavailable } from '@spsc/core'
import type { Counters } from './counters.js'
import { type CpuTimes, readCpuTimes } from './cpu-times.js'
import { readPressure } from './pressure.js'
import { isTranslated, readTaskTimes, type TaskTimes } from './task-times.js'
import { readProcessTime, sampleThread, type ThreadSample } from './thread-sample.js'
import { readThrottling } from './throttling.js'

/** Everything that is read, at one moment. */
export interface Sample {
  readonly atNs: number
  readonly cpus: ReadonlyMap<number, CpuTimes> | Unavailable
  /** Where instructions are translated: what tells others from the machine's own work. */
  readonly translated?: {
    readonly tasks: ReadonlyMap<number, TaskTimes> | Unavailable
    /** CPU time of all threads of the pipeline's process. */
    readonly processNs: number | Unavailable
  }
  readonly threads: Readonly<Record<Role, ThreadSample>>
  readonly pressure: Counters<'some_ns'>
  readonly throttling: Counters<'count' | 'ns'>
  /** How long reading it took. */
  readonly tookNs: number
}

export function takeSample(root: string, { producer, consumer }: Pick<RunContext, Role>): Sample {
  const beganNs = nowNs()
  const cpus = readCpuTimes(root)
  const atNs = nowNs()
  const translated = isTranslated(root) && {
    tasks: readTaskTimes(root),
    processNs: readProcessTime(root, producer.pid),
  }
  const sample = {
    atNs,
    cpus,
    ...(translated && { translated }),
    threads: { producer: sampleThread(root, producer), consumer: sampleThread(root, consumer) },
    pressure: readPressure(root),
    throttling: readThrottling(root, producer.pid),
  }
  return { ...sample, tookNs: nowNs() - beganNs }
}
