import { setTimeout as delay } from 'node:timers/promises'
import type { RunEvents, ScenarioInput } from '@spsc/core'
import { type LabOptions, type LabRun, planRun, type QueueChoice, startRun } from '@spsc/lab'

/** The URL of a module under fixtures/: JavaScript, since replicates' processes and threads import it as it is. */
export function fixture(path: string): string {
  return new URL(`./fixtures/${path}`, import.meta.url).href
}

export const SAB: QueueChoice = { label: 'sab', backend: { module: '@spsc/queue-sab', name: 'sab' } }
export const LAMPORT: QueueChoice = {
  label: './examples/plugin-queue',
  backend: { module: new URL('../../../examples/plugin-queue/index.js', import.meta.url).href },
}

/** A queue of fixtures/faults.js. */
export function faulty(name: string): QueueChoice {
  return { label: `./${name}`, backend: { module: fixture('faults.js'), name } }
}

/** Short enough for a test, long enough for some items. */
export const BRIEF: ScenarioInput = { duration: 0.05, warmup: 0, prodIntervalUs: 1000 }

export function planOf(
  queues: readonly QueueChoice[],
  { settings = {}, replicates = 1, seed = 1 }: { settings?: ScenarioInput; replicates?: number; seed?: number } = {},
) {
  return planRun({ scenarios: [{ name: 'brief', settings: { ...BRIEF, ...settings } }], queues, replicates, seed })
}

export function start(dir: string, options: Pick<LabOptions, 'plan'> & Partial<LabOptions>): Promise<LabRun> {
  return startRun({
    store: { dir, name: 't' },
    onExisting: 'refuse',
    collectors: () => [{ plugin: { module: '@spsc/metrics', name: 'histogram' } }],
    command: 'test',
    versions: { '@spsc/lab': 'test' },
    ...options,
  })
}

/** Every event of a run in the order they came. */
export function eventsOf({ run }: LabRun) {
  const events: {
    [Name in keyof RunEvents]: { name: Name; event: Parameters<RunEvents[Name]>[0] }
  }[keyof RunEvents][] = []
  run.on('scenario', (event) => events.push({ name: 'scenario', event }))
  run.on('replicate', (event) => events.push({ name: 'replicate', event }))
  run.on('progress', (event) => events.push({ name: 'progress', event }))
  run.on('warning', (event) => events.push({ name: 'warning', event }))
  run.on('result', (event) => events.push({ name: 'result', event }))
  return events
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Whether a process ends within five seconds; one that was killed takes the kernel a moment. */
export async function isGone(pid: number): Promise<boolean> {
  const deadline = performance.now() + 5000
  while (isAlive(pid) && performance.now() < deadline) await delay(10)
  return !isAlive(pid)
}
