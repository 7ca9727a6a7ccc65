import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { errorMessage, type PluginRef, SpscError } from '@spsc/core'
import type { QueueChoice } from '@spsc/lab'
import { unknownName } from './suggest.js'

interface BuiltIn extends PluginRef {
  readonly name: string
  readonly description: string
}

export const QUEUES: Readonly<Record<string, BuiltIn>> = {
  sab: { module: '@spsc/queue-sab', name: 'sab', description: 'lock-free ring in a SharedArrayBuffer' },
  'sab-mutex': {
    module: '@spsc/queue-sab',
    name: 'sab-mutex',
    description: 'mutex and condition variables on Atomics',
  },
  native: {
    module: '@spsc/queue-native',
    name: 'native',
    description: 'lock-free ring between two pthreads, no JavaScript in the loop',
  },
  mutex: {
    module: '@spsc/queue-native',
    name: 'mutex',
    description: 'pthread mutex and condition variables, as the seed began',
  },
}

export const COLLECTORS: Readonly<Record<string, BuiltIn>> = {
  histogram: {
    module: '@spsc/metrics',
    name: 'histogram',
    description: 'latency (push to pop) and response (due to done) percentiles',
  },
  'perf-stat': {
    module: '@spsc/perf',
    name: 'perfStat',
    description: 'what perf stat counts for the two threads; --perf-events',
  },
  sched: {
    module: '@spsc/perf',
    name: 'sched',
    description: 'what the scheduler did with the threads, and who else used their CPUs',
  },
  ledger: {
    module: '@spsc/metrics',
    name: 'ledger',
    description: 'what the time of each item was spent on, and what the worst are made of',
  },
}

/** Asked for with --emit-latencies, which gives it the path it needs. */
export const LATENCIES = { module: '@spsc/metrics/latencies', name: 'latencies' } as const satisfies PluginRef

/** Pins the threads of every queue where its addon is built. */
export const AFFINITY: PluginRef = { module: '@spsc/queue-native' }

/** A package of ours as a URL, which every process and thread can import whatever its own place. */
export function ours(ref: PluginRef): PluginRef {
  return { ...ref, module: import.meta.resolve(ref.module) }
}

function resolveFrom(cwd: string, specifier: string): string {
  return pathToFileURL(createRequire(join(cwd, 'spsc')).resolve(specifier)).href
}

/**
 * What a `--queue` or `--collect` names: a built-in, a package called PREFIX-NAME, or, with a `/` or a leading `.`, a
 * module taken as given. Nothing is imported here: a plug-in runs in the replicate's process only.
 */
function resolvePlugin(
  option: string,
  prefix: string,
  builtIns: Readonly<Record<string, BuiltIn>>,
  name: string,
  cwd: string,
): PluginRef {
  const builtIn = Object.hasOwn(builtIns, name) ? builtIns[name] : undefined
  if (builtIn !== undefined) return ours({ module: builtIn.module, name: builtIn.name })
  if (name.includes('/') || name.startsWith('.')) {
    try {
      return { module: resolveFrom(cwd, name) }
    } catch (error) {
      const reason = errorMessage(error).split('\n')[0]
      throw new SpscError(
        'ERR_UNKNOWN',
        'plugins',
        `${option} ${JSON.stringify(name)}: ${reason}; give a file, a folder with a package.json, or a package`,
      )
    }
  }
  try {
    return { module: resolveFrom(cwd, `${prefix}-${name}`) }
  } catch {
    const hint = ` (built in), packages called ${prefix}-NAME, and paths`
    throw unknownName('plugins', option, name, Object.keys(builtIns), hint)
  }
}

/** @throws `ERR_UNKNOWN` */
export function resolveQueue(name: string, cwd: string): QueueChoice {
  return { label: name, backend: resolvePlugin('--queue', 'spsc-queue', QUEUES, name, cwd) }
}

/** @throws `ERR_UNKNOWN` */
export function resolveCollector(name: string, cwd: string): PluginRef {
  return resolvePlugin('--collect', 'spsc-collector', COLLECTORS, name, cwd)
}
