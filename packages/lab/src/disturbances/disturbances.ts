import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Disturbance, injectionsOf, type Scenario, SpscError } from '@spsc/core'
import { requirePinning, resolveCpu } from '@spsc/core/driver'
import { makeCpuGroup } from './cpu-group.js'
import type { DisturberJob, FromDisturber } from './disturber-protocol.js'

/** A disturber that does not end by then is killed. */
const PATIENCE_MS = 3000

function disturbancesOf(scenario: Scenario): readonly Disturbance[] {
  return injectionsOf(scenario).flatMap(({ disturbance }) => disturbance ?? [])
}

/** Refuses what this machine can't do, before anything is measured. @throws `ERR_CPU`, `ERR_CAPABILITY` */
export async function checkDisturbances(scenarios: readonly Scenario[]): Promise<void> {
  for (const disturbance of scenarios.flatMap(disturbancesOf)) {
    if (disturbance.kind === 'hog') {
      resolveCpu('hog', disturbance.cpu)
      await requirePinning()
    } else if (process.platform === 'win32') {
      throw new SpscError('ERR_CAPABILITY', 'lab', `${disturbance.kind} takes a POSIX system; leave it out`)
    }
    if (disturbance.kind === 'cpu-quota') makeCpuGroup(disturbance).remove()
  }
}

/** One process for each hog, in a session of its own: the kernel may share CPUs out by sessions (autogroup). */
function startOne({ disturbance, pid }: DisturberJob): ChildProcess {
  const node = [process.execPath, fileURLToPath(new URL('./disturber.js', import.meta.url))]
  const command =
    disturbance.kind === 'hog' ? ['taskset', '-c', String(resolveCpu('hog', disturbance.cpu)), ...node] : node
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 2, 2, 'ipc'], detached: true })
  child.send({ disturbance, pid } satisfies DisturberJob, () => {})
  return child
}

function answerOf(child: ChildProcess, { kind }: Disturbance): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new SpscError('ERR_CAPABILITY', 'lab', `${kind}: ${reason}`))
    child.once('message', (message: FromDisturber) => {
      if (message.type === 'disturbing') resolve()
      else reject(Object.assign(new Error(message.message), { code: message.code }))
    })
    child.once('error', (error) => fail(error.message))
    child.once('exit', (code, killedBy) => fail(`its process ended with ${killedBy ?? `code ${code}`}`))
  })
}

async function endOne(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const gone = once(child, 'exit')
  if (child.connected) child.disconnect()
  const killing = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  await gone
  clearTimeout(killing)
}

/** What disturbs a replicate while a phase of it is measured. */
export class Disturbances {
  readonly #scenario: Scenario
  readonly #pid: number
  readonly #onDeath: (reason: string) => void
  #children: readonly ChildProcess[] = []

  /** @param onDeath called when one ends by itself: what is measured then is not what was asked for */
  constructor(scenario: Scenario, pid: number, onDeath: (reason: string) => void) {
    this.#scenario = scenario
    this.#pid = pid
    this.#onDeath = onDeath
  }

  /** Resolves when all are at work. @throws `ERR_CAPABILITY`, `ERR_CPU` */
  async begin(): Promise<void> {
    const each = disturbancesOf(this.#scenario).flatMap((disturbance) =>
      Array.from({ length: disturbance.kind === 'hog' ? disturbance.count : 1 }, () => disturbance),
    )
    const started = each.map((disturbance) => ({ disturbance, child: startOne({ disturbance, pid: this.#pid }) }))
    this.#children = started.map(({ child }) => child)
    await Promise.all(started.map(({ disturbance, child }) => answerOf(child, disturbance)))
    for (const { disturbance, child } of started) {
      child.once('exit', () => {
        if (this.#children.includes(child)) this.#onDeath(`what did ${disturbance.kind} to it has ended`)
      })
    }
  }

  /** Idempotent. Nothing is left of them when it resolves, and the replicate is not stopped. */
  async end(): Promise<void> {
    const children = this.#children
    if (children.length === 0) return
    this.#children = []
    await Promise.all(children.map(endOne))
    try {
      process.kill(this.#pid, 'SIGCONT')
    } catch {
      // It is gone.
    }
  }
}
