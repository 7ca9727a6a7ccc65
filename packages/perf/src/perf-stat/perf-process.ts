import { type ChildProcess, spawn } from 'node:child_process'
import type { Duplex, Readable } from 'node:stream'
import { type PerfEnd, whyPerfFailed } from './failure.js'

/** For each answer of perf. The laboratory gives a stage 15 s beyond what it measures. */
const DEADLINE_MS = 4_000
/** Perf ends by itself this long after the phase should have, should nobody be left to end it. */
const RESERVE_MS = 60_000
const SIGNAL_EVERY_MS = 20
/** Between fields: neither events nor their units hold one. */
export const SEPARATOR = '\t'
const MAX_STDERR = 16_384

/**
 * One `perf stat` on every thread of some processes, its counters off until `enable`.
 *
 * ```
 * this  --enable--> fd 3 --ack-->    items flow    --disable--> fd 3 --ack-->   SIGINT until it is gone
 * perf                         counters on                              CSV --> fd 4
 * ```
 * The descriptors are pipes of its own: no file is left behind, whatever ends it.
 */
export class PerfProcess {
  readonly #child: ChildProcess
  readonly #control: Duplex
  readonly #exited: Promise<unknown>
  /** Exited, and all it said is read. */
  readonly #ended: Promise<PerfEnd>
  readonly #kill = () => {
    this.#child.kill('SIGKILL')
  }
  #answers = ''
  #onAnswer = () => {}
  #output = ''

  /** @param limitMs the longest it should be needed, in milliseconds */
  constructor(events: string, pids: readonly number[], limitMs: number) {
    const args = ['stat', '--event', events, '--pid', pids.join(), '--per-thread', '--no-inherit']
    const output = ['--field-separator', SEPARATOR, '--log-fd', '4']
    // With a time-out perf sleeps through the phase; without one it wakes every second.
    const control = ['--delay', '-1', '--control', 'fd:3,3', '--timeout', `${Math.ceil(limitMs) + RESERVE_MS}`]
    this.#child = spawn('perf', [...args, ...output, ...control], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
    })
    this.#exited = new Promise((resolve) => this.#child.once('exit', resolve).once('error', resolve))
    this.#ended = this.#untilEnded()
    process.once('exit', this.#kill)
    this.#exited.then(() => process.off('exit', this.#kill))
    this.#control = this.#child.stdio[3] as Duplex
    this.#control.setEncoding('utf8').on('data', (text: string) => {
      this.#answers += text
      this.#onAnswer()
    })
    // A perf that has ended says more by how it ended.
    this.#control.on('error', () => {})
    const printed = this.#child.stdio[4] as Readable
    printed.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text
    })
  }

  #untilEnded(): Promise<PerfEnd> {
    let stderr = ''
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(0, MAX_STDERR)
    })
    return new Promise((resolve) => {
      this.#child.on('error', (error) => resolve({ error, code: null, signal: null, stderr }))
      this.#child.on('close', (code, signal) => resolve({ code, signal, stderr }))
    })
  }

  /** Turns the counters on; resolves when they are. @throws why perf did not */
  async enable(): Promise<void> {
    await this.#command('enable')
  }

  /** Turns the counters off; resolves when they are. @throws why perf did not */
  async disable(): Promise<void> {
    await this.#command('disable')
  }

  /** Ends perf. @returns the CSV it prints as it goes */
  async finish(): Promise<string> {
    // Again and again: one that comes as perf is about to sleep is not noticed until it wakes.
    const interrupt = () => this.#child.kill('SIGINT')
    interrupt()
    const repeat = setInterval(interrupt, SIGNAL_EVERY_MS)
    try {
      const end = await this.#withinDeadline(this.#ended, 'did not end')
      if (this.#output.trim() === '') throw new Error(whyPerfFailed(end))
      return this.#output
    } finally {
      clearInterval(repeat)
    }
  }

  /** Ends perf at once, whatever it is doing; resolves when it is gone. Idempotent. */
  async kill(): Promise<void> {
    this.#kill()
    await this.#exited
    // Whatever it has started may hold the other ends open.
    for (const stream of this.#child.stdio) stream?.destroy()
  }

  async #command(command: 'enable' | 'disable'): Promise<void> {
    this.#answers = ''
    const acknowledged = new Promise<void>((resolve) => {
      this.#onAnswer = () => {
        if (this.#answers.includes('ack\n')) resolve()
      }
    })
    const failed = this.#ended.then((end) => {
      throw new Error(whyPerfFailed(end))
    })
    this.#control.write(`${command}\n`)
    await this.#withinDeadline(Promise.race([acknowledged, failed]), `did not answer ${command}`)
  }

  async #withinDeadline<Result>(answer: Promise<Result>, otherwise: string): Promise<Result> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const reason = `perf ${otherwise} within ${DEADLINE_MS / 1000} s; perf 5.10 or newer is needed`
      timer = setTimeout(() => reject(new Error(reason)), DEADLINE_MS)
    })
    try {
      return await Promise.race([answer, late])
    } finally {
      clearTimeout(timer)
    }
  }
}
