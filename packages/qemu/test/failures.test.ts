import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ErrorCode, SpscError } from '@spsc/core'
import { startInGuest } from '@spsc/qemu'
import test, { type ExecutionContext } from 'ava'
import {
  answering,
  assertNothingLeft,
  guestOptions,
  kernelBytes,
  MANIFEST,
  type Machine,
  machine,
  record,
} from './guests.js'

type Changes = Parameters<typeof guestOptions>[1]

/** Asserts that a run in a guest fails in one way, and leaves nothing: no process, no file, no run. */
async function fails(
  t: ExecutionContext,
  there: Machine,
  { code, message }: { code: ErrorCode; message: RegExp },
  changes: Changes = {},
): Promise<void> {
  const error = (await t.throwsAsync(async () => {
    const { finished } = await startInGuest(await guestOptions(there, changes))
    await finished
  })) as SpscError
  t.is(error.code, code, error.message)
  t.regex(error.message, message)
  t.false(error.message.includes('\n'))
  t.deepEqual(readdirSync(there.out), [])
  assertNothingLeft(t, there)
}

test.serial('without QEMU the error names the package and the command', async (t) => {
  const there = machine(t, '')
  process.env.PATH = '/nonexistent'
  await fails(t, there, {
    code: 'ERR_CAPABILITY',
    message: /not installed.*package qemu-system-x86; run `npx spsc qemu setup`/,
  })
})

test.serial('without a kernel the error names the package and the command', async (t) => {
  const there = machine(t, '')
  const message = /package linux-image-cloud-amd64; run `npx spsc qemu setup`/
  await fails(t, there, { code: 'ERR_CAPABILITY', message }, { texts: { kernel: undefined } })
})

for (const [what, bytes, message] of [
  ['no kernel at all', Buffer.from('#!/bin/sh\n'.repeat(100)), /no header of a Linux kernel/],
  ['a file of a few bytes', Buffer.from('x'), /shorter than a kernel’s header/],
  ['a kernel that is cut off', kernelBytes().subarray(0, 1000), /cut off: 1000 bytes, and its header says 1280/],
] as const) {
  test.serial(`${what} is refused before anything boots`, async (t) => {
    const there = machine(t, '')
    writeFileSync(there.kernel, bytes)
    await fails(t, there, { code: 'ERR_OPTION', message })
    t.deepEqual(there.pids(), [])
  })
}

test.serial('a fetched kernel that is not what was fetched is refused', async (t) => {
  const there = machine(t, '')
  const place = join(there.cache, 'spsc/kernels/linux_1')
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'vmlinuz'), kernelBytes())
  writeFileSync(join(place, 'sha256'), 'another\n')
  await fails(t, there, { code: 'ERR_CAPABILITY', message: /its SHA-256 differs/ }, { texts: { kernel: undefined } })
})

test.serial('a guest that does not end is ended, and the time limit named', async (t) => {
  const there = machine(t, 'exec sleep 60')
  const message = /did not end within 1 s; raise --guest-timeout/
  await fails(t, there, { code: 'ERR_GUEST', message }, { texts: { kernel: there.kernel, 'guest-timeout': '1' } })
  t.is(there.pids().length, 1)
})

test.serial('where a guest of little memory does not end, memory is named too', async (t) => {
  const there = machine(t, 'exec sleep 60')
  const texts = { kernel: there.kernel, 'guest-timeout': '1', 'guest-memory': '128' }
  await fails(
    t,
    there,
    { code: 'ERR_GUEST', message: /within 1 s; raise --guest-memory or --guest-timeout/ },
    { texts },
  )
})

test.serial('a run that is cancelled during boot leaves nothing', async (t) => {
  const there = machine(t, 'exec sleep 60')
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 1500)
  await fails(t, there, { code: 'ERR_CANCELLED', message: /cancelled/ }, { signal: controller.signal })
})

test.serial('a kernel that panics is named with what it said', async (t) => {
  const there = machine(t, `echo '[    1.0] Kernel panic - not syncing: VFS: Unable to mount root fs' >"$console"`)
  const message = /kernel panicked: VFS: Unable to mount root fs; give a --kernel with NVMe/
  await fails(t, there, { code: 'ERR_GUEST', message })
})

test.serial('a kernel that is damaged inside is told at once, not waited for', async (t) => {
  const there = machine(t, `printf '\\n\\nDecoding failed\\n\\n -- System halted' >"$console"; exec sleep 60`)
  const message = /kernel can't be unpacked: Decoding failed; its file is damaged: give another --kernel/
  await fails(t, there, { code: 'ERR_GUEST', message })
})

test.serial('a guest without enough memory is told from other panics', async (t) => {
  const said = 'Kernel panic - not syncing: System is deadlocked on memory'
  const there = machine(t, `echo '${said}' >"$console"`)
  await fails(t, there, { code: 'ERR_GUEST', message: /ran out of its 512 MiB of memory; raise --guest-memory/ })
})

test.serial('an emulator that refuses its arguments is quoted', async (t) => {
  const there = machine(t, `echo 'qemu: could not open disk' >&2; exit 1`)
  await fails(t, there, { code: 'ERR_GUEST', message: /ended with code 1: qemu: could not open disk/ })
})

test.serial('an emulator that somebody kills is told from a guest that goes down', async (t) => {
  const there = machine(t, 'echo "Booting the kernel." >"$console"; kill -KILL $$')
  await fails(t, there, { code: 'ERR_GUEST', message: /emulator was ended by SIGKILL, not by spsc; .*--guest-memory/ })
})

test.serial('a guest that goes down without a word is an error', async (t) => {
  await fails(t, machine(t, ''), { code: 'ERR_GUEST', message: /went down; its console said nothing/ })
})

test.serial('what the laboratory refuses in the guest is refused on the host, with its code', async (t) => {
  const refused = { type: 'refused', code: 'ERR_CPU', message: '[spsc] [affinity] pinConsumer is 7' }
  const there = machine(t, `cat ${answering(t, { type: 'booted' }, refused)} >"$answers"`)
  await fails(t, there, { code: 'ERR_CPU', message: /^\[spsc\] \[affinity\] pinConsumer is 7$/ })
})

test.serial('a guest whose clock runs too fast is ended, and what it measured is not stored', async (t) => {
  const said = answering(
    t,
    { type: 'booted', at_ms: 1000 },
    { type: 'manifest', manifest: MANIFEST, at_ms: 1001 },
    { type: 'record', record: record(), at_ms: 60_000 },
  )
  const there = machine(t, `cat ${said} >"$answers"; exec sleep 60`)
  const message = /clock ran [\d.]+ times as fast as this machine's.*calibrated it while this machine was busy/
  await fails(t, there, { code: 'ERR_GUEST', message })
})

test.serial('an answer that is damaged is an error, not a figure', async (t) => {
  const there = machine(t, `echo 'bm8gbGluZQ==' >"$answers"`)
  await fails(t, there, { code: 'ERR_GUEST', message: /damaged/ })
})

test.serial('a disk that is full while the image is built is told, and half an image goes', async (t) => {
  const full = '#!/bin/sh\necho "mke2fs: No space left on device while writing" >&2; exit 1\n'
  const there = machine(t, '', { mke2fs: full }, { ownImages: true })
  await fails(t, there, {
    code: 'ERR_OUTPUT',
    message: /needs \d+ MiB there: mke2fs: No space left on device.*XDG_CACHE_HOME/,
  })
})

test.serial('a cache that can’t be written is told', async (t) => {
  const there = machine(t, '')
  process.env.XDG_CACHE_HOME = '/proc/nowhere'
  await fails(t, there, { code: 'ERR_OUTPUT', message: /can't be made: .*set XDG_CACHE_HOME/ })
})

test.serial('a run of that name is refused before anything boots, and stays as it was', async (t) => {
  const there = machine(t, '')
  writeFileSync(join(there.out, 'mine_results.ndjson'), 'kept\n')
  const error = (await t.throwsAsync(startInGuest(await guestOptions(there)))) as SpscError
  t.is(error.code, 'ERR_EXISTS')
  t.deepEqual(there.pids(), [])
  t.is(readFileSync(join(there.out, 'mine_results.ndjson'), 'utf8'), 'kept\n')
})

test.serial('a run that is to be replaced stays where the guest fails', async (t) => {
  const there = machine(t, '')
  writeFileSync(join(there.out, 'mine_results.ndjson'), 'kept\n')
  await t.throwsAsync(startInGuest(await guestOptions(there, { onExisting: 'replace' })))
  t.deepEqual(readdirSync(there.out), ['mine_results.ndjson'])
  t.is(readFileSync(join(there.out, 'mine_results.ndjson'), 'utf8'), 'kept\n')
})

test.serial('what was measured before a guest died is stored', async (t) => {
  const said = answering(
    t,
    { type: 'booted' },
    { type: 'manifest', manifest: MANIFEST },
    { type: 'record', record: record() },
  )
  const there = machine(t, `cat ${said} >"$answers"; sleep 0.5; echo 'Kernel panic - not syncing: oops' >"$console"`)
  const { finished } = await startInGuest(await guestOptions(there))
  await t.throwsAsync(finished, { message: /kernel panicked: oops/ })
  const [line = ''] = readFileSync(join(there.out, 'mine_results.ndjson'), 'utf8').split('\n')
  t.like(JSON.parse(line), { run: 'mine', scenario: 'baseline' })
  assertNothingLeft(t, there)
})

for (const [what, settings, texts, message] of [
  [
    'a CPU that the guest has not',
    { pinProducer: 2 },
    {},
    /--pin-producer 2, and the guest has CPUs 0 to 1; raise --guest-cpus/,
  ],
  [
    'CPU 1 in mode deterministic',
    { pinConsumer: 1 },
    { mode: 'deterministic' },
    /the guest has one CPU, 0; measure it with --mode smp/,
  ],
  ['the last CPU in mode deterministic', { pinConsumer: 'last' }, { mode: 'deterministic' }, /--pin-consumer last/],
] as const) {
  test.serial(`a scenario that pins to ${what} is refused before anything boots`, async (t) => {
    const there = machine(t, '')
    await fails(t, there, { code: 'ERR_CPU', message }, { settings, texts: { kernel: there.kernel, ...texts } })
    t.deepEqual(there.pids(), [])
  })
}

test.serial('what a run that was killed while its guest booted has left stands in nobody’s way', async (t) => {
  const there = machine(t, '')
  const script = `
    import { mkdtempSync } from 'node:fs'
    import { RunStore } from '@spsc/lab'
    new RunStore({ dir: ${JSON.stringify(there.out)}, name: 'mine' }, 'refuse')
    mkdtempSync(${JSON.stringify(there.temporary)} + '/spsc-qemu-' + process.pid + '-')
    process.kill(process.pid, 'SIGKILL')`
  const killed = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: import.meta.dirname })
  t.is(killed.signal, 'SIGKILL', String(killed.stderr))
  t.is(readdirSync(there.out).length, 2)
  t.is(readdirSync(there.temporary).length, 1)
  await fails(t, there, { code: 'ERR_GUEST', message: /went down/ })
})
