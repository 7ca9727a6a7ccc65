import { existsSync } from 'node:fs'
import { isUnavailable, parseScenario, type SchedData, type SchedThread } from '@spsc/core'
import { kernelThreadId, runReplicate } from '@spsc/core/driver'
import { sched } from '@spsc/perf'
import sab from '@spsc/queue-sab'
import test from 'ava'
import { contextOf, PHASE, phaseRecord } from './sched-machine.js'

const onLinux = existsSync('/proc/thread-self/schedstat') ? test.serial : test.skip

const never = new Int32Array(new SharedArrayBuffer(4))

/** This thread's figures over what it does, called as if it were a pipeline's. */
async function observe(work: () => void): Promise<SchedThread> {
  const thread = { pid: process.pid, tid: kernelThreadId() }
  const collector = sched()
  await collector.start(contextOf({ producer: thread, consumer: thread }))
  await collector.phaseStart?.(PHASE)
  work()
  await collector.phaseEnd?.(phaseRecord())
  return ((await collector.stop()) as SchedData).phases[0]?.threads.producer as SchedThread
}

onLinux('a thread that sleeps 50 times switches voluntarily at least as often', async (t) => {
  const { switches } = await observe(() => {
    for (let i = 0; i < 50; i++) Atomics.wait(never, 0, 0, 1)
  })
  if (isUnavailable(switches)) return t.fail(switches.unavailable)
  t.is(switches.tier, 'proc')
  t.true(switches.voluntary >= 50, `${switches.voluntary}`)
})

onLinux('a thread that touches new memory faults at least once a page', async (t) => {
  const pages = 1000
  const { faults } = await observe(() => {
    new Uint8Array(pages * 4096).fill(1)
  })
  if (isUnavailable(faults)) return t.fail(faults.unavailable)
  // Larger pages, where the machine gives them, take fewer.
  t.true(faults.minor > 0, `${faults.minor}`)
})

onLinux('CPU time is not more than the wall time, and more than what a sleeping thread uses', async (t) => {
  const { run: busy } = await observe(() => {
    const end = performance.now() + 50
    while (performance.now() < end);
  })
  const { run: asleep } = await observe(() => Atomics.wait(never, 0, 0, 50))
  if (isUnavailable(busy) || isUnavailable(asleep)) return t.pass('this kernel has no schedstat')
  t.true(busy.cpu_ns > asleep.cpu_ns, `${busy.cpu_ns} ${asleep.cpu_ns}`)
})

onLinux('a replicate’s two threads are seen, phase by phase', async (t) => {
  const scenario = parseScenario('test', { duration: 0.2, warmup: 0, prodIntervalUs: 0 })
  const { collectors, phases } = await runReplicate({ backend: sab, scenario, collectors: [sched()], seed: 1 })
  const data = collectors.sched as SchedData
  t.deepEqual(
    data.phases.map(({ name, delivered }) => ({ name, delivered })),
    phases.map(({ name, delivered }) => ({ name, delivered })),
  )
  for (const { threads, wall_ns } of data.phases) {
    t.true(wall_ns > 0)
    for (const { switches, gc, event_loop_delay } of Object.values(threads)) {
      t.false(isUnavailable(switches))
      t.false(isUnavailable(gc))
      t.true(isUnavailable(event_loop_delay))
    }
  }
})
