import { createHash } from 'node:crypto'
import { fsyncSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { errorCode, errorMessage, type GuestGround } from '@spsc/core'
import {
  type LabOptions,
  type MaxRatePlan,
  manifestPath,
  type Plan,
  parseSlo,
  planMaxRate,
  planRun,
  type Replicate,
  resultsPath,
  startRun,
} from '@spsc/lab'
import { fingerprint } from '@spsc/perf'
import { ANSWER_PATHS, encodeLine, type FromGuest, type GuestJob, JOB_PATHS } from './protocol.js'

// What the guest does: the laboratory's part of a run, told to the host line by line. Which mode it is in shows from where
// its job is.

const FOLDER = '/tmp/results'

function readJob(): GuestJob {
  for (const path of Object.values(JOB_PATHS)) {
    try {
      return JSON.parse(readFileSync(path, 'utf8').replace(/\0+$/, '')) as GuestJob
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  throw new Error('there is no job in this guest')
}

/** Says a line; it has reached the host when this returns. */
function speaker(job: GuestJob): (message: FromGuest) => void {
  const isDisk = job.mode === 'smp'
  const file = openSync(ANSWER_PATHS[job.mode], isDisk ? 'r+' : 'w')
  return (message) => {
    // Where time is the number of instructions there is nothing to compare it with.
    const bytes = Buffer.from(`${encodeLine(isDisk ? { ...message, at_ms: performance.now() } : message)}\n`)
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
    if (isDisk) fsyncSync(file)
  }
}

function planOf({ scenarios, queues, replicates, seed, search }: GuestJob): Plan | MaxRatePlan {
  const options = {
    scenarios: scenarios.map(({ name, ...settings }) => ({ name, settings })),
    queues,
    replicates,
    seed,
  }
  if (search === undefined) return planRun(options)
  return planMaxRate({ ...options, slo: parseSlo(search.slo, '--slo'), search: search.rates })
}

const latenciesPath = (order: number) => `/tmp/latencies-${order}`

function collectorsOf({ collectors, latencies }: GuestJob): LabOptions['collectors'] {
  return ({ order }: Replicate) => {
    if (latencies === undefined) return collectors
    return [...collectors, { plugin: latencies.plugin, options: { path: latenciesPath(order), flags: 'w' } }]
  }
}

/** The raw latencies of a replicate, once: they are gone then. */
function takeLatencies(order: number): Buffer | undefined {
  try {
    return readFileSync(latenciesPath(order))
  } catch {
    return undefined
  } finally {
    rmSync(latenciesPath(order), { force: true })
  }
}

async function measure(job: GuestJob, say: (message: FromGuest) => void): Promise<void> {
  const store = { dir: FOLDER, name: job.name }
  mkdirSync(FOLDER)
  if (job.earlier !== undefined) {
    writeFileSync(resultsPath(store), job.earlier.results)
    writeFileSync(manifestPath(store), job.earlier.manifest)
  }
  const manifest = () => JSON.parse(readFileSync(manifestPath(store), 'utf8')) as Record<string, unknown>
  const machine = await fingerprint()
  const ground: GuestGround = { ...job.ground, kernel: machine.kernel, clock_source: machine.clock_source }
  const begin = () =>
    startRun({
      plan: planOf(job),
      store,
      onExisting: job.earlier === undefined ? 'refuse' : 'resume',
      ...(job.affinity !== undefined && { affinity: job.affinity }),
      collectors: collectorsOf(job),
      command: '',
      versions: job.versions,
      machine,
      ground,
      graceS: job.graceS,
    })
  const lab = await begin().catch((error: unknown) => {
    say({ type: 'refused', code: errorCode(error, 'ERR_GUEST'), message: errorMessage(error) })
  })
  if (lab === undefined) return
  say({ type: 'manifest', manifest: manifest() })
  for (const name of ['scenario', 'replicate', 'progress', 'warning'] as const) {
    // biome-ignore lint/suspicious/noExplicitAny: each event is passed on as it is
    lab.run.on(name, (event: any) => say({ type: 'event', name, event }))
  }
  // What a search has come to is written after the record that it follows from.
  if (job.search !== undefined) lab.run.on('replicate', () => say({ type: 'manifest', manifest: manifest() }))
  lab.run.on('result', (record) => {
    const raw = job.latencies === undefined ? undefined : takeLatencies(record.order)
    say({
      type: 'record',
      record,
      ...(raw !== undefined && { sha256: createHash('sha256').update(raw).digest('hex') }),
      ...(raw !== undefined && job.latencies?.send && { latencies: raw.toString('latin1') }),
    })
  })
  const { maxRate } = await lab.finished
  say({ type: 'finished', manifest: manifest(), ...(maxRate !== undefined && { maxRate }) })
}

const job = readJob()
const say = speaker(job)
say({ type: 'booted' })
try {
  await measure(job, say)
} catch (error) {
  say({ type: 'failed', code: errorCode(error, 'ERR_GUEST'), message: errorMessage(error) })
}
