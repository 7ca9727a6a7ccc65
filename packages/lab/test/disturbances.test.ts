import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { allowedCpus } from '@spsc/core/driver'
import test from 'ava'
import { folder } from './folders.js'
import { planOf, SAB, start } from './runs.js'

/** Children of this process that run a program of the laboratory. */
function children(program: 'disturber' | 'replicate'): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        return state !== 'Z' && Number(parent) === process.pid && command.includes(`/${program}.js`)
      } catch {
        return false
      }
    })
}

const disturbers = () => children('disturber')

async function noneLeft(): Promise<boolean> {
  const deadline = performance.now() + 60_000
  while (disturbers().length > 0 && performance.now() < deadline) await delay(20)
  return disturbers().length === 0
}

async function seen(): Promise<boolean> {
  const deadline = performance.now() + 60_000
  while (disturbers().length === 0 && performance.now() < deadline) await delay(5)
  return disturbers().length > 0
}

const LINUX = process.platform === 'linux'
const onLinux = LINUX ? test.serial : test.skip

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['--version'])
    return true
  } catch {
    return false
  }
}

const pinning = LINUX && hasTaskset() ? test.serial : test.skip

pinning('hogs are at work while a phase is measured, and gone when the run is', async (t) => {
  const inject = `hog=${allowedCpus()[0]}:2`
  const plan = planOf([SAB], { settings: { inject, duration: 0.5 } })
  const { finished } = await start(folder(t), { plan })
  t.true(await seen())
  const [record] = (await finished).records
  t.is(record?.status, 'ok')
  t.is(record?.config.inject, inject)
  t.true(await noneLeft())
})

pinning('hogs end with a run that is cancelled, and with a replicate that dies', async (t) => {
  const inject = `hog=${allowedCpus()[0]}`
  const cancelled = await start(folder(t), { plan: planOf([SAB], { settings: { inject, duration: 60 } }) })
  t.true(await seen())
  cancelled.run.cancel()
  await cancelled.finished
  t.true(await noneLeft())
})

pinning('hogs end with a replicate that is killed', async (t) => {
  const inject = `hog=${allowedCpus()[0]}`
  const { finished } = await start(folder(t), { plan: planOf([SAB], { settings: { inject, duration: 60 } }) })
  t.true(await seen())
  for (const pid of children('replicate')) process.kill(pid, 'SIGKILL')
  t.is((await finished).records[0]?.status, 'failed')
  t.true(await noneLeft())
})

onLinux('a frozen replicate stands still for so long, and goes on', async (t) => {
  const plan = planOf([SAB], { settings: { inject: 'freeze=100ms/200ms', duration: 0.5, pacing: 'deadline' } })
  const { finished } = await start(folder(t), { plan })
  const [record] = (await finished).records
  if (record?.status !== 'ok') return t.fail(JSON.stringify(record))
  const { response } = record.collectors.histogram as { response: { max_ns: number } }
  t.true(response.max_ns >= 90e6, `${response.max_ns} ns`)
  t.true(await noneLeft())
})

onLinux('a CPU that this process may not use is refused before anything is stored', async (t) => {
  const dir = folder(t)
  const plan = planOf([SAB], { settings: { inject: 'hog=4095' } })
  await t.throwsAsync(start(dir, { plan }), { code: 'ERR_CPU', message: /hog is 4095; allowed: the CPUs/ })
  t.deepEqual(readdirSync(dir), [])
})

onLinux('a CPU quota holds the threads back, or the run is refused with what would allow it', async (t) => {
  const plan = planOf([SAB], { settings: { inject: 'cpu-quota=10%/20ms', duration: 0.3, wait: 'spin' } })
  try {
    const { finished } = await start(folder(t), { plan })
    t.is((await finished).records[0]?.status, 'ok')
  } catch (error) {
    t.like(error, { code: 'ERR_CAPABILITY' })
    t.regex(String(error), /cpu-quota needs a control group.*; run as root/)
  }
  t.true(await noneLeft())
})
