import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import {
  type Determinism,
  errorMessage,
  type Fingerprint,
  type Ground,
  type MaxRateResult,
  type PluginRef,
  type ReplicateRef,
  type ResultRecord,
  Run,
  SpscError,
  unavailable,
} from '@spsc/core'
import {
  type CollectorChoice,
  estimateS,
  type LabOptions,
  type LabRun,
  type MaxRatePlan,
  maxSteps,
  type Plan,
  type RunOutcome,
  workTime,
} from '@spsc/lab'
import { chooseAccelerator } from './accelerator.js'
import { bootGuest } from './boot.js'
import type { Boot } from './command-line.js'
import { GuestStore } from './guest-store.js'
import { gatherContents } from './image/contents.js'
import { imageOf } from './image/image-cache.js'
import { findKernel } from './kernel.js'
import { type GuestOptions, warningsOf } from './options.js'
import { checkPins } from './pins.js'
import type { FromGuest, GuestJob } from './protocol.js'
import { checkPlatform } from './setup.js'
import { cancelled, qemuVersion } from './tools.js'
import { readTscKhz } from './tsc.js'

/** Where raw latencies of a replicate go on the host. */
export interface LatenciesFile {
  readonly path: string
  readonly flags: 'w' | 'wx'
}

export interface GuestLabOptions
  extends Pick<LabOptions, 'plan' | 'store' | 'onExisting' | 'affinity' | 'command' | 'versions' | 'signal'> {
  readonly guest: GuestOptions
  readonly collectors: readonly CollectorChoice[]
  /** The collector that writes raw latencies to `path`: they are hashed in mode deterministic, and sent where asked for. */
  readonly latencies: PluginRef
  /** Where they go; absent: nowhere. */
  readonly latenciesFile?: (order: number) => LatenciesFile
  /** The host. */
  readonly machine: Fingerprint
  /** Something that a reader should know now. */
  readonly onNote: (text: string) => void
  /** Of the file tree that says of this machine what its guests can have: /proc, /sys and /dev. */
  readonly root?: string
}

export interface GuestOutcome extends RunOutcome {
  /** What two boots came to, in mode deterministic. */
  readonly determinism?: Determinism
}

export interface GuestLabRun extends Omit<LabRun, 'finished'> {
  readonly finished: Promise<GuestOutcome>
}

/** Seconds that a plug-in gets beyond its phase: threads start slowly where instructions are translated. */
const GRACE_S = 60
/** Seconds for booting and shutting down, and for each replicate beyond its phases, on a machine that is busy. */
const BOOT_S = 120
const OVERHEAD_S = 30
/** Seconds that a second of a phase may take: in mode deterministic, time passes as instructions do. */
const STRETCH = { smp: 2, deterministic: 20 } as const

/** How long a boot may take where nobody says. */
function timeoutOf(plan: Plan | MaxRatePlan, { mode, timeoutS }: GuestOptions): number {
  if (timeoutS !== undefined) return timeoutS
  const each = 'schedule' in plan ? plan.replicates : plan.replicates * maxSteps(plan)
  const phases = plan.cells.map(({ scenario }) => workTime(scenario, each))
  return phases.reduce(
    (sum, { phasesS, replicates }) => sum + estimateS({ phasesS: phasesS * STRETCH[mode], replicates }, OVERHEAD_S),
    BOOT_S,
  )
}

function unique<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [key(item), item])).values()]
}

/** A run, as it is described to the guest, which plans it anew and comes to the same plan. */
function jobOf(
  options: GuestLabOptions,
  inGuest: (ref: PluginRef) => PluginRef,
  { ground, earlier }: Pick<GuestJob, 'ground' | 'earlier'>,
): GuestJob {
  const { plan, store, collectors, latencies, latenciesFile, affinity, versions, guest } = options
  const queues = unique(
    plan.cells.map(({ queue }) => queue),
    ({ label }) => label,
  )
  const isHashed = guest.mode === 'deterministic'
  return {
    mode: guest.mode,
    // What is deterministic must not depend on how a run is called.
    name: isHashed ? 'run' : store.name,
    scenarios: unique(
      plan.cells.map(({ scenario }) => scenario),
      ({ name }) => name,
    ),
    queues: queues.map(({ label, backend }) => ({ label, backend: inGuest(backend) })),
    replicates: plan.replicates,
    seed: plan.seed,
    ...('search' in plan && { search: { slo: plan.slo.map(({ text }) => text).join(','), rates: plan.search } }),
    collectors: collectors.map((choice) => ({ ...choice, plugin: inGuest(choice.plugin) })),
    ...((isHashed || latenciesFile) && {
      latencies: { plugin: inGuest(latencies), send: latenciesFile !== undefined },
    }),
    ...(affinity !== undefined && { affinity: inGuest({ module: affinity }).module }),
    graceS: GRACE_S,
    versions,
    ground,
    ...(earlier && { earlier }),
  }
}

/** One hash for all of a boot, in the order of measurement. */
function hashOf(hashes: ReadonlyMap<number, string>): string {
  const text = [...hashes].sort(([a], [b]) => a - b).map(([order, sha256]) => `${order} ${sha256}\n`)
  return createHash('sha256').update(text.join('')).digest('hex')
}

function compare(first: ReadonlyMap<number, string>, second: ReadonlyMap<number, string>): Determinism {
  const orders = [...new Set([...first.keys(), ...second.keys()])].sort((a, b) => a - b)
  const differing = orders.filter((order) => first.get(order) !== second.get(order))
  return {
    boots: 2,
    identical: differing.length === 0 && orders.length > 0,
    sha256: [hashOf(first), hashOf(second)],
    differing,
  }
}

/** Writes raw latencies where they were asked for; what can't be is in the record. */
function storeLatencies(text: string, { path, flags }: LatenciesFile): unknown {
  try {
    writeFileSync(path, text, { flag: flags })
    return { path, written: text.split('\n').length - 1 }
  } catch (error) {
    return unavailable(`[spsc] [latencies] ${path} can't be written: ${errorMessage(error)}`)
  }
}

/** Takes in what a guest says of its run, and tells it as a run on the host would be told. */
class Session {
  readonly run: Run
  readonly #options: GuestLabOptions
  readonly #store: GuestStore
  readonly #records: ResultRecord[]
  /** SHA-256 of the raw latencies by position in the order of measurement. */
  readonly hashes = new Map<number, string>()
  #manifest: Readonly<Record<string, unknown>> = {}
  #maxRate: readonly MaxRateResult[] | undefined
  readonly #startedAt = new Date().toISOString()

  constructor(options: GuestLabOptions, store: GuestStore) {
    this.run = new Run(options.signal)
    this.#options = options
    this.#store = store
    this.#records = [...store.earlierRecords]
  }

  /** What is told before the run is handed out waits for its listeners. */
  readonly #untold: (() => void)[] = []
  #tell: (work: () => void) => void = (work) => this.#untold.push(work)

  /** A turn of the event loop after the run was handed out, listeners are there. */
  tellSoon(): void {
    setImmediate(() => {
      this.#tell = (work) => work()
      for (const work of this.#untold) work()
    })
  }

  take(message: FromGuest): void {
    if (message.type === 'refused' || message.type === 'failed') throw errorOf(message)
    if (message.type === 'manifest') this.#writeManifest(message.manifest)
    if (message.type === 'event') this.#tell(() => this.run.emit(message.name, message.event as ReplicateRef & never))
    if (message.type === 'record') this.#takeRecord(message)
    if (message.type === 'finished') {
      this.#writeManifest(message.manifest)
      this.#maxRate = message.maxRate
    }
  }

  #takeRecord({ record, sha256, latencies }: Extract<FromGuest, { type: 'record' }>): void {
    if (sha256 !== undefined) this.hashes.set(record.order, sha256)
    const stored = this.#asOurs(record, latencies)
    this.#store.append(stored)
    this.#records.push(stored)
    this.#tell(() => this.run.emit('result', stored))
  }

  /** By the name it has here, and with the files that are here. */
  #asOurs(record: ResultRecord, latencies: string | undefined): ResultRecord {
    const run = this.#options.store.name
    if (record.status !== 'ok') return { ...record, run }
    const { name = '' } = this.#options.latencies
    const { [name]: inGuest, ...collectors } = record.collectors
    const file = this.#options.latenciesFile?.(record.order)
    if (file === undefined) return { ...record, run, collectors }
    const raw = latencies === undefined ? inGuest : storeLatencies(latencies, file)
    return { ...record, run, collectors: { ...collectors, [name]: raw } }
  }

  #writeManifest(manifest: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}): void {
    const { store, command, machine } = this.#options
    // The guest's clock need not show the time.
    const started_at = this.#startedAt
    this.#manifest = { ...manifest, name: store.name, command, started_at, host: machine }
    this.#store.writeManifest({ ...this.#manifest, ...more })
  }

  /** Ends the run's files, and says what it came to. */
  end(determinism?: Determinism): GuestOutcome {
    this.#writeManifest(this.#manifest, {
      ended_at: new Date().toISOString(),
      records: this.#records.length,
      ...(determinism && { determinism }),
    })
    this.#store.close({ isFailure: false })
    return {
      records: this.#records,
      cancelled: this.run.signal.aborted,
      ...(this.#maxRate && { maxRate: this.#maxRate }),
      ...(determinism && { determinism }),
    }
  }

  fail(): void {
    this.#store.close({ isFailure: true })
  }
}

/** An error of the guest, as it was thrown there: its text has its part already. */
function errorOf({ code, message }: Extract<FromGuest, { type: 'refused' | 'failed' }>): SpscError {
  const [, part = 'guest', text = message] = /^\[spsc\] \[([^\]]*)\] (.*)$/s.exec(message) ?? []
  return new SpscError(code, part, text)
}

/** Everything that a boot needs but its job. */
interface Ready {
  readonly boot: Pick<Boot, 'accelerator' | 'cpus' | 'memoryMib' | 'kernel' | 'tscKhz'>
  readonly image: string
  readonly ground: GuestJob['ground']
  readonly inGuest: (ref: PluginRef) => PluginRef
}

async function makeReady(options: GuestLabOptions): Promise<Ready> {
  const { guest, plan, collectors, latencies, affinity, signal, onNote, root = '/' } = options
  const qemu = await qemuVersion()
  const kernel = findKernel(guest.kernel)
  for (const warning of warningsOf(guest)) onNote(warning)
  const accelerator = await chooseAccelerator({ guest, kernel, signal, onFallback: onNote, root })
  const modules = [
    ...plan.cells.map(({ queue }) => queue.backend.module),
    ...collectors.map(({ plugin }) => plugin.module),
    latencies.module,
    ...(affinity === undefined ? [] : [affinity]),
  ]
  const { tree, inGuest } = await gatherContents(unique(modules, (module) => module))
  const { path } = await imageOf(tree, {
    mode: guest.mode,
    signal,
    onBuild: (bytes) => onNote(`building the guest's image, ${Math.ceil(bytes / 2 ** 20)} MiB, once`),
  })
  const { mode, cpus, memoryMib } = guest
  const ground = { in: 'qemu', mode, accelerator, cpus, memory_mib: memoryMib, qemu } as const satisfies Partial<Ground>
  return {
    boot: { accelerator, cpus, memoryMib, kernel, tscKhz: readTscKhz(root) },
    image: path,
    ground,
    inGuest,
  }
}

/**
 * Measures a plan as `startRun` of `@spsc/lab` does, inside a guest, and stores each record on the host as it comes.
 * Resolves once the guest has begun to measure.
 *
 * @throws `ERR_CPU`, `ERR_OPTION`, `ERR_CAPABILITY`, `ERR_EXISTS`, `ERR_OUTPUT`, `ERR_GUEST`, `ERR_CANCELLED`
 */
export async function startInGuest(options: GuestLabOptions): Promise<GuestLabRun> {
  const { plan, guest, onExisting, onNote } = options
  checkPlatform()
  checkPins(
    plan.cells.map(({ scenario }) => scenario),
    guest,
  )
  if (guest.mode === 'deterministic' && onExisting === 'resume') {
    throw new SpscError(
      'ERR_OPTION',
      'qemu',
      '--resume and --mode deterministic exclude each other: a deterministic run is one boot; start anew with --force',
    )
  }
  const { boot, image, ground, inGuest } = await makeReady(options)
  const store = new GuestStore(options.store, onExisting)
  const session = new Session(options, store)
  const { signal } = session.run
  const timeoutS = timeoutOf(plan, guest)
  try {
    const job = jobOf(options, inGuest, { ground, ...store.earlier })
    const shared = { boot, image, job, timeoutS, signal }
    let over = Promise.resolve()
    await new Promise<void>((resolve, reject) => {
      const onMessage = (message: FromGuest) => {
        session.take(message)
        if (message.type === 'manifest') resolve()
      }
      over = bootGuest({ ...shared, onMessage })
      over.then(resolve, reject)
    })
    session.tellSoon()
    const finish = async (): Promise<GuestOutcome> => {
      try {
        await over
        // Whatever was told is heard before the end.
        await new Promise((resolve) => setImmediate(resolve))
        if (guest.mode !== 'deterministic') return session.end()
        onNote('booting the guest once more, to compare')
        const again = new Map<number, string>()
        await bootGuest({
          ...shared,
          onMessage: (message) => {
            if (message.type === 'refused' || message.type === 'failed') throw errorOf(message)
            if (message.type === 'record' && message.sha256 !== undefined) {
              again.set(message.record.order, message.sha256)
            }
          },
        })
        return session.end(compare(session.hashes, again))
      } catch (error) {
        if (signal.aborted) return session.end()
        session.fail()
        throw error
      }
    }
    return { run: session.run, finished: finish() }
  } catch (error) {
    session.fail()
    throw signal.aborted ? cancelled(signal) : error
  }
}
