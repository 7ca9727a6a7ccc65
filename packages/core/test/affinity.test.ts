import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { loadBackend, type RunContext, SpscError } from '@spsc/core'
import { allowedCpus, pinThread, placementOf, requirePinning } from '@spsc/core/driver'
import test from 'ava'
import { fixture, LAMPORT } from './fixtures.js'
import { measure } from './measure.js'
import { rowsCollector } from './rows.js'

/** Why this system can't do what a test needs, or undefined. */
function lacking(): string | undefined {
  if (process.platform !== 'linux') return 'no /proc on this system'
  try {
    execFileSync('taskset', ['--version'])
    return undefined
  } catch {
    return 'no taskset on this system'
  }
}

const lack = lacking()
const testPinning = lack === undefined ? test.serial : test.serial.skip
if (lack !== undefined) console.log(`affinity: tests of pinning are skipped: ${lack}`)
const testLinux = process.platform === 'linux' ? test : test.skip
if (process.platform !== 'linux') console.log(`affinity: tests of allowed CPUs are skipped: ${lack}`)

function allowedOf(tid: unknown): string | undefined {
  return /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(`/proc/self/task/${tid}/status`, 'utf8'))?.[1]
}

testLinux('the CPUs this process may use are the kernel’s, ascending', (t) => {
  const cpus = allowedCpus()
  t.true(cpus.length > 0)
  t.deepEqual(
    cpus,
    [...new Set(cpus)].sort((a, b) => a - b),
  )
  const bits = BigInt(
    `0x${/^Cpus_allowed:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]?.replaceAll(',', '')}`,
  )
  t.is(
    cpus.reduce((mask, cpu) => mask | (1n << BigInt(cpu)), 0n),
    bits,
  )
})

testLinux('first, last and numbers become CPUs of the allowed set; none becomes nothing', (t) => {
  const cpus = allowedCpus()
  const [first, last] = [cpus[0] as number, cpus.at(-1) as number]
  t.deepEqual(placementOf({ pinProducer: 'none', pinConsumer: 'none' }), {})
  t.deepEqual(placementOf({ pinProducer: 'first', pinConsumer: 'last' }), { producer: first, consumer: last })
  t.deepEqual(placementOf({ pinProducer: last, pinConsumer: 'none' }), { producer: last })
  t.deepEqual(placementOf({ pinProducer: 'none', pinConsumer: first }), { consumer: first })
})

testLinux('a CPU outside the allowed set is refused, with the setting and the set', (t) => {
  const allowed = allowedCpus().join(', ')
  for (const setting of ['pinProducer', 'pinConsumer'] as const) {
    const pins = { pinProducer: 'none', pinConsumer: 'none', [setting]: 4095 } as Parameters<typeof placementOf>[0]
    const error = t.throws(() => placementOf(pins), { instanceOf: SpscError, code: 'ERR_CPU' })
    t.is(
      error.message,
      `[spsc] [affinity] ${setting} is 4095; allowed: the CPUs this process may use (${allowed}), first, last or none`,
    )
  }
})

testLinux('a scenario that asks for such a CPU starts nothing', async (t) => {
  const backend = { ...(await loadBackend({ module: LAMPORT })), create: () => t.fail() as never }
  await t.throwsAsync(measure(backend, { pinConsumer: 4095 }), { code: 'ERR_CPU' })
})

testPinning('a thread is pinned by its kernel id, and no other', async (t) => {
  const cpu = allowedCpus().at(-1) as number
  const before = allowedOf(process.pid)
  const worker = new Worker(new URL(fixture('waiting-thread.js')))
  try {
    const [tid] = await once(worker, 'message', { signal: AbortSignal.timeout(20_000) })
    await t.notThrowsAsync(requirePinning())
    await pinThread(cpu, tid)
    t.is(allowedOf(tid), String(cpu))
    t.is(allowedOf(process.pid), before)
  } finally {
    await worker.terminate()
  }
})

testPinning('a thread that can’t be pinned says why', async (t) => {
  const error = await t.throwsAsync(pinThread(4095, process.pid), { instanceOf: SpscError, code: 'ERR_CAPABILITY' })
  t.regex(
    String(error?.message),
    new RegExp(`^\\[spsc\\] \\[affinity\\] thread ${process.pid} can't be pinned to CPU 4095: taskset failed: .+; `),
  )
})

testPinning('without taskset nothing is pinned, and the message says what to install', async (t) => {
  const path = process.env.PATH
  process.env.PATH = '/nonexistent'
  try {
    const error = await t.throwsAsync(requirePinning(), { instanceOf: SpscError, code: 'ERR_CAPABILITY' })
    t.regex(
      String(error?.message),
      /taskset is not installed; install util-linux, or set pinProducer and pinConsumer to none$/,
    )
  } finally {
    process.env.PATH = path
  }
})

testPinning('a replicate runs on the CPUs it asked for, and its rows say so', async (t) => {
  const cpus = allowedCpus()
  const [first, last] = [cpus[0] as number, cpus.at(-1) as number]
  const allowed: unknown[] = []
  const observer = {
    name: 'observer',
    start: ({ producer, consumer }: RunContext) => void allowed.push(allowedOf(producer.tid), allowedOf(consumer.tid)),
    stop: () => null,
  }
  const settings = { pinProducer: 'first', pinConsumer: 'last', duration: 0.05, prodIntervalUs: 500 } as const
  const { collector, rows } = rowsCollector()
  await measure(await loadBackend({ module: LAMPORT }), settings, {
    collectors: [observer, collector],
  })
  t.deepEqual(allowed, [String(first), String(last)])
  const delivered = rows.filter((row) => row.popped > 0n)
  t.true(delivered.length > 0)
  for (const row of delivered) t.deepEqual([row.producerCpu, row.consumerCpu], [first, last])
})
