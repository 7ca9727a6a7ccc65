import {
  isUnavailable,
  type JavaScriptThread,
  type PhaseRecord,
  type SchedPhase,
  type SchedThread,
  unavailable,
} from '@spsc/core'
import { judge } from './contamination.js'
import { increase } from './counters.js'
import { cpusOf, neighboursOf, type Own } from './neighbours.js'
import type { Sample } from './sample.js'
import type { ThreadSample } from './thread-sample.js'

function ownOf(before: ThreadSample, after: ThreadSample): Own {
  const run = increase(before.run, after.run)
  return { allowed: after.allowed, cpuNs: isUnavailable(run) ? run : run.cpu_ns }
}

function javaScriptOf(thread: JavaScriptThread | undefined): Pick<SchedThread, 'gc' | 'event_loop_delay'> {
  if (thread === undefined) {
    const none = unavailable('no JavaScript runs in this thread')
    return { gc: none, event_loop_delay: none }
  }
  const { gc, event_loop_delay } = thread
  return {
    gc: isUnavailable(gc) ? gc : { tier: 'probe', ...gc },
    event_loop_delay: isUnavailable(event_loop_delay) ? event_loop_delay : { tier: 'probe', ...event_loop_delay },
  }
}

function countersOf(before: ThreadSample, after: ThreadSample) {
  return {
    run: increase(before.run, after.run),
    switches: increase(before.switches, after.switches),
    migrations: increase(before.migrations, after.migrations),
    faults: increase(before.faults, after.faults),
    modes: increase(before.modes, after.modes),
    last_cpu: after.lastCpu,
  }
}

/** A phase from the samples before and after it. */
export function phaseOf(before: Sample, after: Sample, { name, delivered, javascript }: PhaseRecord): SchedPhase {
  const own = {
    producer: ownOf(before.threads.producer, after.threads.producer),
    consumer: ownOf(before.threads.consumer, after.threads.consumer),
  }
  const threadOf = (role: 'producer' | 'consumer', peer: 'producer' | 'consumer'): SchedThread => ({
    ...countersOf(before.threads[role], after.threads[role]),
    allowed: neighboursOf(own[role], own[peer], before, after),
    ...javaScriptOf(javascript?.[role]),
  })
  const wall_ns = after.atNs - before.atNs
  const threads = { producer: threadOf('producer', 'consumer'), consumer: threadOf('consumer', 'producer') }
  const pressure = increase(before.pressure, after.pressure)
  return {
    name,
    wall_ns,
    delivered,
    threads,
    cpus: cpusOf(Object.values(own), before, after),
    pressure,
    throttling: increase(before.throttling, after.throttling),
    contamination: judge({ wall_ns, threads, pressure }),
    sampling_ns: { before: before.tookNs, after: after.tookNs },
  }
}
