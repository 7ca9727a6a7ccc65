import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SpscError } from '@spsc/core'
import { startInGuest } from '@spsc/qemu'
import test from 'ava'
import { answering, assertNothingLeft, fails, guestOptions, kernelBytes, MANIFEST, machine, record } from './guests.js'

/** Before a test replaces it. */
const NODE = process.execPath

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
  [
    'a kernel that is cut off, and leaves the number of its sectors out',
    Buffer.from(kernelBytes()).fill(0, 0x1f1, 0x1f2),
    /cut off: 1280 bytes, and its header says 2816/,
  ],
  ['a kernel that is cut off', kernelBytes().subarray(0, 1000), /cut off: 1000 bytes, and its header says 1280/],
] as const) {
  test.serial(`${what} is refused before anything boots`, async (t) => {
    const there = machine(t, '')
    writeFileSync(there.kernel, bytes)
    await fails(t, there, { code: 'ERR_OPTION', message })
    t.deepEqual(there.pids(), [])
  })
}

for (const [what, path, message] of [
  ['a folder', '/', /--kernel \/ can't be booted: it is no file; give a Linux kernel for x86-64/],
  [
    'a file that is not there',
    '/nonexistent/vmlinuz',
    /--kernel \/nonexistent\/vmlinuz can't be booted: ENOENT.*; give/,
  ],
] as const) {
  test.serial(`${what} is refused as a kernel before anything boots`, async (t) => {
    const there = machine(t, '')
    await fails(t, there, { code: 'ERR_OPTION', message }, { texts: { kernel: path } })
    t.deepEqual(there.pids(), [])
  })
}

test.serial('a fetch of a kernel that was killed has left none', async (t) => {
  const there = machine(t, '')
  mkdirSync(join(there.cache, 'spsc/kernels/.fetch-1'), { recursive: true })
  const message = /no kernel for the guest is here.*run `npx spsc qemu setup`/
  await fails(t, there, { code: 'ERR_CAPABILITY', message }, { texts: { kernel: undefined } })
})

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

test.serial('a guest that does not boot is ended, and what may help is named', async (t) => {
  const { now } = performance
  t.teardown(() => {
    performance.now = now
  })
  // A clock that runs a thousand times as fast: two minutes are soon over.
  performance.now = () => now.call(performance) * 1000
  const there = machine(t, 'exec sleep 60')
  const texts = { kernel: there.kernel, 'guest-timeout': '60m' }
  const message = /did not boot within 120 s; give it another --kernel, or wait until this machine has less to do/
  await fails(t, there, { code: 'ERR_GUEST', message }, { texts })
})

test.serial('a run that is cancelled before its guest boots starts no emulator', async (t) => {
  const there = machine(t, '')
  await fails(t, there, { code: 'ERR_CANCELLED', message: /cancelled/ }, { signal: AbortSignal.abort() })
  t.deepEqual(there.pids(), [])
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

test.serial('a kernel that stands still without saying why is told at once too', async (t) => {
  const there = machine(t, `printf ' -- System halted' >"$console"; exec sleep 60`)
  await fails(t, there, { code: 'ERR_GUEST', message: /can't be unpacked: it did not say why; its file is damaged/ })
})

test.serial('a program of the guest that fails is told with its error, not with the end of its stack', async (t) => {
  const said =
    'file:///x.js:1\\n\\nTypeError: x is not a function\\n    at y (x.js:1)\\n\\nNode.js v20\\nspsc-guest-ended 1\\n'
  const there = machine(t, `printf '${said}' >"$console"`)
  const message =
    /what ran in the guest ended with code 1; its console ended with: TypeError: x is not a function; run it/
  await fails(t, there, { code: 'ERR_GUEST', message })
})

test.serial('a guest that goes down is told with its last words, without the clock of its kernel', async (t) => {
  const there = machine(t, `printf 'Booting.\\n[    1.02] reboot: Power down\\r\\n' >"$console"`)
  const message = /the guest went down; its console ended with: reboot: Power down; /
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

for (const [what, program, message] of [
  ['fails', "echo 'error while loading shared libraries' >&2; exit 127", /--version ended with code 127: error while/],
  ['says no version', 'echo hello', /--version ended with code 0: ; install it anew: `npx spsc qemu setup`/],
  ['is killed', 'kill -KILL $$', /qemu-system-x86_64 can't be run: Command failed: .*--version; try it by hand/],
] as const) {
  test.serial(`an emulator that ${what} when asked for its version is told before anything boots`, async (t) => {
    const there = machine(t, '', { 'qemu-system-x86_64': `#!/bin/sh\n${program}\n` })
    await fails(t, there, { code: 'ERR_CAPABILITY', message })
  })
}

test.serial('what fails in the guest after it has begun ends the run with its code', async (t) => {
  const begun = [{ type: 'booted' }, { type: 'manifest', manifest: MANIFEST }]
  const failed = { type: 'failed', code: 'ERR_OUTPUT', message: 'no space\nleft' }
  const there = machine(t, `cat ${answering(t, ...begun, failed)} >"$answers"`)
  const { finished } = await startInGuest(await guestOptions(there))
  t.like(await t.throwsAsync(finished), { code: 'ERR_OUTPUT', message: '[spsc] [guest] no space\nleft' })
  t.deepEqual(readdirSync(there.out), [])
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
  const killed = spawnSync(NODE, ['--input-type=module', '-e', script], { cwd: import.meta.dirname })
  t.is(killed.signal, 'SIGKILL', String(killed.stderr))
  t.is(readdirSync(there.out).length, 2)
  t.is(readdirSync(there.temporary).length, 1)
  await fails(t, there, { code: 'ERR_GUEST', message: /went down/ })
})

test.serial('a folder for temporary files that is not there is told', async (t) => {
  const there = machine(t, '')
  process.env.TMPDIR = '/nonexistent'
  const message = /no folder can be made in \/nonexistent: ENOENT.*; set TMPDIR to one that can be written/
  await fails(t, there, { code: 'ERR_OUTPUT', message })
})

const noPrlimit = spawnSync('prlimit', ['--version']).error === undefined ? '' : ' (skipped: no prlimit here)'
const limiting = noPrlimit === '' ? test.serial : test.serial.skip

limiting(`a disk that can’t take what a guest may say is told${noPrlimit}`, async (t) => {
  const there = machine(t, '')
  const limit = (bytes: string) => spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`])
  const [, before = 'unlimited'] = /^Max file size\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
  t.teardown(() => limit(before))
  limit(String(2 ** 30))
  await fails(t, there, {
    code: 'ERR_OUTPUT',
    message: /spsc-qemu-\S+ can't be written: EFBIG.*; make room there, or set TMPDIR$/,
  })
  t.deepEqual(there.pids(), [])
})

test.serial('on another system than Linux on x86-64 a guest is refused, with what can be done', async (t) => {
  const there = machine(t, '')
  const before = Object.getOwnPropertyDescriptor(process, 'arch') as PropertyDescriptor
  t.teardown(() => Object.defineProperty(process, 'arch', before))
  Object.defineProperty(process, 'arch', { ...before, value: 'arm64' })
  await fails(t, there, {
    code: 'ERR_CAPABILITY',
    message:
      /this is linux arm64; allowed for a guest: linux x64, whose Node it runs; measure on the host: leave out --in/,
  })
})

test.serial('a deterministic run can’t be resumed, since it is one boot', async (t) => {
  const there = machine(t, '')
  const texts = { kernel: there.kernel, mode: 'deterministic' }
  const message = /--resume and --mode deterministic exclude each other.*; start anew with --force/
  await fails(t, there, { code: 'ERR_OPTION', message }, { texts, onExisting: 'resume' })
  t.deepEqual(there.pids(), [])
})
