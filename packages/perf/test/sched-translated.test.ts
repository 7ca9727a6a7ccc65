import { isUnavailable, type SchedPhase } from '@spsc/core'
import test from 'ava'
import type { Files } from './files.js'
import { cpuLine, PRODUCER, phaseOn, threadFiles } from './sched-machine.js'

// 100 ms or more by the wall, in which both CPUs were busy all the time.
const waitMs = 100
const BUSY = { 'proc/stat': `${cpuLine(0, { busy: 1000 })}\n${cpuLine(1, { busy: 1000 })}\n` }

/** A guest of QEMU without KVM. Times are of each CPU, in milliseconds. */
function guest(ranMs: number, timeslices: number): Files {
  const line = (cpu: number) => `cpu${cpu} 0 0 0 0 0 0 ${ranMs * 1e6} 0 ${timeslices}`
  return {
    'proc/cpuinfo': 'processor\t: 0\nmodel name\t: QEMU TCG CPU version 2.5+\n',
    'proc/schedstat': `version 15\ntimestamp 1\n${line(0)}\ndomain0 3 1 2\n${line(1)}\n`,
  }
}

function foreignShare({ threads }: SchedPhase): unknown {
  const { allowed } = threads.consumer
  return isUnavailable(allowed) ? allowed.unavailable : allowed.foreign_share
}

test('what a guest’s kernel does for our wake-ups is not foreign where instructions are translated', async (t) => {
  const phase = await phaseOn(t, { before: guest(10, 5), after: { ...BUSY, ...guest(11, 9) }, waitMs })
  t.true((foreignShare(phase) as number) < 0.02)
  t.like(phase.contamination, { contaminated: false, reasons: [] })
})

test('a task of another process in a guest is foreign, also one that has ended', async (t) => {
  const phase = await phaseOn(t, { before: guest(10, 5), after: { ...BUSY, ...guest(9010, 9) }, waitMs })
  t.is(foreignShare(phase), 1)
  t.like(phase.contamination, { contaminated: true })
})

test('a task that never leaves its CPU in a guest is foreign', async (t) => {
  const phase = await phaseOn(t, { before: guest(10, 5), after: { ...BUSY, ...guest(10, 5) }, waitMs })
  t.is(foreignShare(phase), 1)
})

test('threads of our own process in a guest are not foreign', async (t) => {
  const helper = 13
  const before = { ...guest(10, 5), ...threadFiles(helper) }
  const after = {
    ...BUSY,
    ...guest(9010, 9),
    ...threadFiles(helper, { schedstat: '90000000000 0 5' }),
    ...threadFiles(PRODUCER, { schedstat: '90000000000 0 5' }),
  }
  t.is(foreignShare(await phaseOn(t, { before, after, waitMs })), 0)
})

test('a guest’s kernel that does not tell the times of tasks leaves foreign CPU unavailable', async (t) => {
  const silent = { ...guest(0, 0), 'proc/schedstat': undefined }
  const phase = await phaseOn(t, { before: silent, after: BUSY, waitMs })
  t.regex(String(foreignShare(phase)), /translated.*no \/proc\/schedstat.*CONFIG_SCHEDSTATS/)
  t.like(phase.contamination, { contaminated: false })
})

test('on a CPU that runs its instructions itself, interrupts stay foreign', async (t) => {
  const host = { ...guest(10, 5), 'proc/cpuinfo': 'model name\t: AMD EPYC\n' }
  t.is(
    foreignShare(await phaseOn(t, { before: host, after: { ...BUSY, 'proc/schedstat': 'version 15\n' }, waitMs })),
    1,
  )
})

test('a guest that has lost most of its ticks still tells foreign CPU', async (t) => {
  const ticks = { 'proc/stat': `${cpuLine(0, { busy: 1 })}\n${cpuLine(1, { busy: 1 })}\n` }
  const phase = await phaseOn(t, { before: guest(10, 5), after: { ...ticks, ...guest(9010, 9) }, waitMs: 400 })
  t.is(foreignShare(phase), 1)
})
