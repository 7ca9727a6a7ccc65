import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTools } from '@spsc/perf'
import test, { type ExecutionContext } from 'ava'
import { folder } from './files.js'

// They change PATH, which is the whole process's.

/** Asks for versions where only these programs are. */
async function versionsOf(t: ExecutionContext, programs: Readonly<Record<string, string>>) {
  const dir = folder(t)
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(dir, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(dir, name), 0o755)
  }
  const before = process.env.PATH
  process.env.PATH = dir
  try {
    return await readTools()
  } finally {
    process.env.PATH = before
  }
}

test.serial('the version of a program is the first line that it says', async (t) => {
  const { perf, taskset, qemu } = await versionsOf(t, { perf: 'echo perf version 6.1; echo more' })
  t.is(perf, 'perf version 6.1')
  t.deepEqual(taskset, { unavailable: 'taskset is not installed' })
  t.regex(JSON.stringify(qemu), /qemu-system-\w+ is not installed/)
})

test.serial('a program that says nothing, fails or is killed has no version, and says how it ended', async (t) => {
  const { perf, taskset } = await versionsOf(t, { perf: 'exit 0', taskset: 'echo 2.38; exit 3' })
  t.deepEqual(perf, { unavailable: 'perf --version ended with code 0' })
  t.deepEqual(taskset, { unavailable: 'taskset --version ended with code 3' })
  const killed = await versionsOf(t, { perf: 'kill -9 $$' })
  t.deepEqual(killed.perf, { unavailable: 'perf ended with SIGKILL' })
})
