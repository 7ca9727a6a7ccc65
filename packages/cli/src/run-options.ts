import { randomInt } from 'node:crypto'
import { SpscError } from '@spsc/core'
import {
  type CollectorChoice,
  checkName,
  freeName,
  type OnExisting,
  type QueueChoice,
  type StorePlace,
  storedSeed,
} from '@spsc/lab'
import type { GuestOptions } from '@spsc/qemu'
import { checkNewBaseline } from './baselines.js'
import { settleGuest } from './guest.js'
import { type Export, settleOutputs } from './outputs.js'
import { chooseCollectors } from './perf-events.js'
import { resolveQueue } from './plugins.js'
import type { Flags } from './program.js'
import {
  envLayer,
  envName,
  flagLayer,
  type Layer,
  type LayeredScenario,
  layered,
  option,
  splitList,
} from './settings.js'
import { resolveTargets } from './targets.js'

const MAX_SEED = 2 ** 32

function list(flags: Flags, name: string, fallback: readonly string[]): string[] {
  const given = (flags[name] as readonly string[] | undefined) ?? process.env[envName(name)]
  return given === undefined ? [...fallback] : splitList(given)
}

/** @throws `ERR_OPTION` */
export function integer(name: string, text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value)) return value
  throw new SpscError('ERR_OPTION', 'cli', `--${name} is ${JSON.stringify(text)}; allowed: a whole number`)
}

function existingPolicy(flags: Flags): OnExisting {
  if (flags.force && flags.resume)
    throw new SpscError('ERR_OPTION', 'cli', '--force and --resume exclude each other; give one')
  if (flags.force) return 'replace'
  return flags.resume ? 'resume' : 'refuse'
}

/** In perf's own syntax, where a comma may also stand within an event. */
function perfEvents(flags: Flags): string | undefined {
  const given = (flags['perf-events'] as readonly string[] | undefined) ?? process.env[envName('perf-events')]
  return given === undefined ? undefined : [given].flat().join()
}

/** `--serve` without a port takes any. */
function servePort(flags: Flags): number | undefined {
  const given = flags.serve ?? process.env[envName('serve')]
  if (given === undefined) return undefined
  if (given === true) return 0
  const port = /^\d{1,5}$/.test(String(given)) ? Number(given) : Number.NaN
  if (port <= 65_535) return port
  throw new SpscError(
    'ERR_OPTION',
    'cli',
    `--serve is ${JSON.stringify(given)}; allowed: a port from 0 (any that is free) to 65535; name targets before --serve`,
  )
}

/** A resumed run keeps its seed, which is in its manifest; what is to be the same twice has the same. */
function seedOf(flags: Flags, place: StorePlace, existing: OnExisting, guest: GuestOptions | undefined): number {
  const given = option(flags, 'seed')
  if (given !== undefined) return integer('seed', given)
  if (guest?.mode === 'deterministic') return 0
  return (existing === 'resume' ? storedSeed(place) : undefined) ?? randomInt(MAX_SEED)
}

/** Everything a command that measures was asked for, settled and checked as far as it can be without touching the disk. */
export interface RunOptions {
  readonly scenarios: readonly LayeredScenario[]
  readonly queues: readonly QueueChoice[]
  readonly collectors: readonly CollectorChoice[]
  readonly replicates: number
  readonly place: StorePlace
  readonly onExisting: OnExisting
  readonly seed: number
  /** How the guest is run; absent: measured on the host. */
  readonly guest?: GuestOptions
  /** Where raw latencies go, if anywhere. */
  readonly latencies: string | undefined
  readonly exports: readonly Export[]
  /** The name under which the run is kept as a baseline, if any. */
  readonly baseline: string | undefined
  /** Where a page follows the run, if anywhere; 0: any free port. */
  readonly servePort: number | undefined
  readonly logLevel: string
  readonly color: string
}

/** What a command has of its own where nobody says otherwise. */
export interface CommandDefaults {
  /** Name of the run; absent: that of the targets. */
  readonly name?: string
  readonly replicates: number
  /** Absent: `histogram` alone. */
  readonly collectors?: readonly string[]
  /** Over the defaults of core. */
  readonly layer?: Layer
}

/**
 * Flags over environment over file over defaults.
 *
 * @throws `ERR_OPTION`, `ERR_UNKNOWN`
 */
export async function settleOptions(
  targetNames: readonly string[],
  flags: Flags,
  defaults: CommandDefaults,
  env: NodeJS.ProcessEnv = process.env,
): Promise<RunOptions> {
  const cwd = process.cwd()
  const targets = await resolveTargets(targetNames)
  const overrides = [envLayer(env), flagLayer(flags as Record<string, string[] | undefined>)]
  const given = option(flags, 'name')
  if (given !== undefined) checkName(given)
  const onExisting = existingPolicy(flags)
  const { dir, exports } = settleOutputs(flags)
  const usual = defaults.name ?? targets.name
  const baseline = option(flags, 'save-baseline')
  if (baseline !== undefined) checkNewBaseline(dir, baseline, flags.force === true)
  const guest = await settleGuest(flags)
  const name = given ?? (onExisting === 'refuse' ? freeName({ dir, name: usual }) : usual)
  return {
    scenarios: targets.scenarios.map(({ name, layers }) =>
      layered(name, [defaults.layer ?? {}, ...layers, ...overrides]),
    ),
    queues: list(flags, 'queue', targets.queues ?? ['sab']).map((queue) => resolveQueue(queue, cwd)),
    collectors: await chooseCollectors(
      list(flags, 'collect', targets.collectors ?? defaults.collectors ?? ['histogram']),
      perfEvents(flags),
      cwd,
    ),
    replicates: integer('replicates', option(flags, 'replicates', String(targets.replicates ?? defaults.replicates))),
    place: { dir, name },
    onExisting,
    seed: seedOf(flags, { dir, name }, onExisting, guest),
    ...(guest && { guest }),
    latencies: option(flags, 'emit-latencies'),
    exports,
    baseline,
    servePort: servePort(flags),
    logLevel: flags['log-level'] as string,
    color: flags.color as string,
  }
}
