import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { isUnavailable, type PerfStatEvent } from '@spsc/core'
import { checkPerfEvents, perfStat } from '@spsc/perf'
import anyTest from 'ava'
import { context, phase, phaseRecord } from './fake-perf.js'

// Root, or paranoid below 2: else the kernel's part is not counted, and there is nothing to compare.
const { status, stderr } = spawnSync('perf', ['stat', '-e', 'context-switches:k', 'true'], { encoding: 'utf8' })
const test = status === 0 ? anyTest : anyTest.skip
if (status !== 0) console.log(`skipped where perf may not count: ${stderr ?? 'no perf'}`.split('\n')[0])

const SLEEPS = 100
/** Rounds of them before the phase: counted too, they would show. */
const ROUNDS_BEFORE = 10
// Says its thread id, then sleeps SLEEPS times when told.
const SLEEPER = `
  const { parentPort, workerData } = require('node:worker_threads')
  const cell = new Int32Array(new SharedArrayBuffer(4))
  parentPort.on('message', () => {
    for (let i = 0; i < workerData; i++) Atomics.wait(cell, 0, 0, 0.2)
    parentPort.postMessage('slept')
  })
  parentPort.postMessage(Number(require('node:fs').readlinkSync('/proc/thread-self').split('/').at(-1)))
`

async function answer(worker: Worker): Promise<unknown> {
  const [message] = await once(worker, 'message')
  return message
}

test('context switches of two threads that sleep are counted, each for itself, in the phase alone', async (t) => {
  const workers = [0, 1].map(() => new Worker(SLEEPER, { eval: true, workerData: SLEEPS }))
  t.teardown(() => Promise.all(workers.map((worker) => worker.terminate())))
  const [producer, consumer] = (await Promise.all(workers.map(answer))) as [number, number]
  const sleep = () => {
    const slept = Promise.all(workers.map(answer))
    for (const worker of workers) worker.postMessage('sleep')
    return slept
  }
  const collector = perfStat({ events: 'task-clock,context-switches' })
  const pid = process.pid
  await collector.start(context({ producer: { pid, tid: producer }, consumer: { pid, tid: consumer } }))
  for (let round = 0; round < ROUNDS_BEFORE; round++) await sleep()
  await collector.phaseStart?.(phase())
  await sleep()
  await collector.phaseEnd?.(phaseRecord())
  const data = await collector.stop()
  const [first] = isUnavailable(data) ? [] : data.phases
  if (first === undefined || isUnavailable(first)) return t.fail(JSON.stringify(data))
  const [clock, switches] = first.events as [PerfStatEvent, PerfStatEvent]
  t.true((clock.value as number) > 0)
  for (const count of [switches.producer, switches.consumer] as number[]) {
    t.true(count >= SLEEPS && count < ROUNDS_BEFORE * SLEEPS, `${count} for ${SLEEPS} sleeps`)
  }
  t.is(switches.value, (switches.producer as number) + (switches.consumer as number))
})

test('events that perf knows pass, others are told', async (t) => {
  t.is(await checkPerfEvents('task-clock,{cs,faults}'), undefined)
  t.regex((await checkPerfEvents('cs,no-such-event')) ?? '', /no-such-event/)
})
