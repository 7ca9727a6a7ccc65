import { type AllowedCpus, type Contamination, isUnavailable, type Tiered } from '@spsc/core'
import test from 'ava'
import type { Files } from './files.js'
import { CONSUMER, cpuLine, PRODUCER, phaseOn, threadFiles } from './sched-machine.js'

// 100 ms or more by the wall. Idle time beyond the wall is no fault of the collector: shares end at 0.
const waitMs = 100
const IDLE = { idle: 1000 }

function machine(first: Parameters<typeof cpuLine>[1], second: Parameters<typeof cpuLine>[1]): Files {
  return { 'proc/stat': `${cpuLine(0, first)}\n${cpuLine(1, second)}\n` }
}

function reasons(contamination: unknown): readonly string[] {
  return (contamination as Contamination).reasons
}

function allowedOf(allowed: Tiered<AllowedCpus>): AllowedCpus {
  if (isUnavailable(allowed)) throw new Error(allowed.unavailable)
  return allowed
}

test('an idle machine is not contaminated', async (t) => {
  const { contamination, cpus } = await phaseOn(t, { after: machine(IDLE, IDLE), waitMs })
  t.deepEqual(contamination, { contaminated: false, reasons: [], unjudged: [] })
  t.deepEqual((cpus as { each: unknown }).each, [
    { cpu: 0, busy_ns: 0, steal_ns: 0 },
    { cpu: 1, busy_ns: 0, steal_ns: 0 },
  ])
})

test('a CPU that others keep busy is named', async (t) => {
  const { contamination, threads } = await phaseOn(t, { after: machine({ busy: 1000 }, IDLE), waitMs: 400 })
  t.true((contamination as Contamination).contaminated)
  t.is(reasons(contamination).length, 1)
  t.regex(reasons(contamination)[0] as string, /^foreign CPU 50\.0 % of CPU 0, 1 /)
  t.is(allowedOf(threads.consumer.allowed).foreign_share, 0.5)
})

test('what our own threads used is not foreign', async (t) => {
  // As much as the wall, or more: the rest would be 0.
  const after = { ...machine({ busy: 1000 }, IDLE), ...threadFiles(PRODUCER, { schedstat: '90000000000 0 5' }) }
  const { contamination, threads } = await phaseOn(t, { after, waitMs })
  t.is(allowedOf(threads.producer.allowed).foreign_share, 0)
  t.true(allowedOf(threads.producer.allowed).busy_share > 0)
  t.false((contamination as Contamination).contaminated)
})

test('a pinned thread is judged by its own CPU alone, and a peer elsewhere explains nothing there', async (t) => {
  const before = { ...threadFiles(PRODUCER, { allowed: '0' }), ...threadFiles(CONSUMER, { allowed: '1' }) }
  const after = {
    ...machine(IDLE, { busy: 1000 }),
    ...threadFiles(PRODUCER, { allowed: '0', schedstat: '90000000000 0 5' }),
    ...threadFiles(CONSUMER, { allowed: '1' }),
  }
  const { contamination, threads } = await phaseOn(t, { before, after, waitMs: 400 })
  t.deepEqual(allowedOf(threads.producer.allowed).cpus, [0])
  t.is(allowedOf(threads.producer.allowed).foreign_share, 0)
  t.deepEqual(
    reasons(contamination).map((reason) => reason.replace(/[\d.]+ %/g, '%')),
    ['foreign CPU % of CPU 1 (allowed: %)'],
  )
})

test('steal beyond a clock tick is a reason of its own, and is not busy time', async (t) => {
  const after = machine({ idle: 1000, steal: 20 }, { idle: 1000, steal: 20 })
  const { contamination, threads } = await phaseOn(t, { after, waitMs })
  t.regex(reasons(contamination).join('\n'), /^steal \d+\.\d % of CPU 0, 1 /)
  t.is(allowedOf(threads.producer.allowed).busy_share, 0)
})

test('one tick of steal in a short phase is within the error', async (t) => {
  const after = machine({ idle: 1000, steal: 1 }, { idle: 1000, steal: 1 })
  const { contamination, threads } = await phaseOn(t, { after, waitMs })
  t.true(allowedOf(threads.producer.allowed).steal_share > 0)
  t.deepEqual(reasons(contamination), [])
})

const waiting = { 'proc/pressure/cpu': 'some avg10=9.00 avg60=0.00 avg300=0.00 total=90000000\n' }

test('others that waited for a CPU contaminate', async (t) => {
  const { contamination } = await phaseOn(t, { after: { ...machine(IDLE, IDLE), ...waiting }, waitMs })
  t.regex(reasons(contamination).join(), /^others waited for a CPU/)
})

test('our own threads that wait for each other do not', async (t) => {
  const after = { ...machine(IDLE, IDLE), ...waiting, ...threadFiles(CONSUMER, { schedstat: '1000 90000002000 9' }) }
  const { contamination } = await phaseOn(t, { after, waitMs })
  t.deepEqual(reasons(contamination), [])
})

test('where nothing can be judged there is no verdict', async (t) => {
  const before = { 'proc/pressure/cpu': undefined, 'proc/stat': 'cpu  1 2 3\n' }
  const { contamination } = await phaseOn(t, { before })
  t.true(isUnavailable(contamination))
})
