import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { type ErrorCode, parseScenario, type ResultRecord, type ScenarioInput, type SpscError } from '@spsc/core'
import { planRun } from '@spsc/lab'
import { fingerprint } from '@spsc/perf'
import { type GuestLabOptions, type GuestTexts, parseGuestOptions, startInGuest } from '@spsc/qemu'
import type { ExecutionContext } from 'ava'

/** The first bytes of a Linux kernel for x86 that says it is 1280 bytes long. */
export function kernelBytes(): Buffer {
  const bytes = Buffer.alloc(1280)
  bytes[0x1f1] = 1
  bytes.writeUInt32LE(16, 0x1f4)
  bytes.write('HdrS', 0x202, 'latin1')
  return bytes
}

/** Makes an image of a few bytes where the real one would take seconds; counts how often it was asked. */
const MKE2FS = `#!/bin/sh
echo made >>"$FAKE_CALLS"
for argument; do
  case $argument in */image) echo image >"$argument" ;; esac
done
`

/** An emulator that says its version, and else does what a test says; $console, $job and $answers are the guest's files. */
function emulator(behaviour: string): string {
  return `#!/bin/sh
[ "$1" = --version ] && { echo 'QEMU emulator version 9.9.9 (fake)'; exit 0; }
for argument; do
  case $argument in
    file,id=console,path=*) console=\${argument#*path=} ;;
    file,id=answers,path=*) answers=\${argument#*path=} ;;
    if=none,id=job,*) job=\${argument#*file=}; job=\${job%,readonly=on} ;;
    if=none,id=answers,*) answers=\${argument#*file=}; answers=\${answers%,readonly=off} ;;
  esac
done
echo $$ >>"$FAKE_PIDS"
${behaviour}
`
}

/** What a test finds of a fake machine. */
export interface Machine {
  readonly kernel: string
  readonly cache: string
  readonly temporary: string
  readonly out: string
  /** Process ids of emulators that were started. */
  pids(): readonly number[]
  /** How often an image was made. */
  images(): number
}

function replaceEnv(t: ExecutionContext, env: Readonly<Record<string, string>>): void {
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]))
  Object.assign(process.env, env)
  t.teardown(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })
}

/** An empty folder that is gone after the test. */
export function folder(t: ExecutionContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'spsc-test-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** Images that the tests of one file share. */
const SHARED_IMAGES = mkdtempSync(join(tmpdir(), 'spsc-test-images-'))
process.once('exit', () => rmSync(SHARED_IMAGES, { recursive: true, force: true }))

/** Where a program of this system is. */
function whereIs(name: string): string {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((path) => join(path, name))
  return candidates.find((path) => existsSync(path)) ?? `/nonexistent/${name}`
}

/**
 * Programs by name and text, before those of the system in PATH until the test ends.
 *
 * @param programs of them, `undefined` is one that is not there
 * @param ownImages whether no image is there yet
 * @param system the only programs of the system that are in PATH; absent: all
 */
export function machine(
  t: ExecutionContext,
  behaviour: string,
  programs: Readonly<Record<string, string | undefined>> = {},
  { ownImages = false, system }: { ownImages?: boolean; system?: readonly string[] } = {},
): Machine {
  const root = folder(t)
  const folders = Object.fromEntries(['bin', 'cache', 'tmp', 'out'].map((name) => [name, join(root, name)]))
  for (const path of Object.values(folders)) mkdirSync(path)
  const { bin = '', cache = '', tmp = '', out = '' } = folders
  mkdirSync(join(cache, 'spsc'))
  if (!ownImages) symlinkSync(SHARED_IMAGES, join(cache, 'spsc/images'))
  for (const [name, text] of Object.entries({
    'qemu-system-x86_64': emulator(behaviour),
    mke2fs: MKE2FS,
    node: '#!/bin/sh\n',
    ...programs,
  })) {
    if (text === undefined) continue
    writeFileSync(join(bin, name), text)
    chmodSync(join(bin, name), 0o755)
  }
  const { execPath } = process
  t.teardown(() => {
    process.execPath = execPath
  })
  // The real Node would have to be hashed and copied in each test.
  process.execPath = join(bin, 'node')
  for (const name of system ?? []) symlinkSync(whereIs(name), join(bin, name))
  const kernel = join(root, 'vmlinuz')
  writeFileSync(kernel, kernelBytes())
  const [pids, calls] = [join(root, 'pids'), join(root, 'calls')]
  replaceEnv(t, {
    PATH: system === undefined ? [bin, process.env.PATH].join(delimiter) : bin,
    ...{ XDG_CACHE_HOME: cache, TMPDIR: tmp },
    ...{ FAKE_PIDS: pids, FAKE_CALLS: calls, FAKE_ROOT: root },
  })
  const lines = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [])
  return {
    ...{ kernel, cache, temporary: tmp, out },
    pids: () => lines(pids).map(Number),
    images: () => lines(calls).length,
  }
}

/** What a guest says, as a file that an emulator can copy to where it would say it. */
export function answering(t: ExecutionContext, ...messages: readonly object[]): string {
  const path = join(folder(t), 'answers')
  writeFileSync(
    path,
    messages.map((message) => `${deflateSync(JSON.stringify(message)).toString('base64')}\n`).join(''),
  )
  return path
}

/** A record of a replicate that failed: the smallest that is one. */
export function record(changes: Partial<ResultRecord> = {}): ResultRecord {
  return {
    ...{ schema: 1, run: 'run', scenario: 'baseline', queue: 'native', cell: 1, replicate: 1, order: 1, seed: 0 },
    ...{ replicate_seed: 0, started_at: '', config: parseScenario('baseline'), warnings: [], status: 'failed' },
    error: { code: 'ERR_PLUGIN_FAILED', message: 'fake' },
    ...changes,
  } as ResultRecord
}

export const MANIFEST = { schema: 1, name: 'run', command: '', seed: 0 }

/** Options of a run of one short scenario in a guest of this machine. */
export async function guestOptions(
  { kernel, out }: Machine,
  {
    name = 'mine',
    texts = {},
    settings = {},
    ...more
  }: { name?: string; texts?: GuestTexts; settings?: ScenarioInput } & Partial<GuestLabOptions> = {},
): Promise<GuestLabOptions> {
  const queue = { label: 'native', backend: { module: import.meta.resolve('@spsc/queue-native'), name: 'native' } }
  const scenarios = [{ name: 'baseline', settings: { duration: 0.1, warmup: 0, ...settings } }]
  return {
    plan: planRun({ scenarios, queues: [queue], replicates: 1, seed: 0 }),
    store: { dir: out, name },
    onExisting: 'refuse',
    command: 'spsc run',
    versions: {},
    machine: await fingerprint(),
    collectors: [],
    latencies: { module: import.meta.resolve('@spsc/metrics/latencies'), name: 'latencies' },
    guest: parseGuestOptions({ kernel, accel: 'tcg', ...texts }),
    onNote: () => {},
    ...more,
  }
}

type Changes = Parameters<typeof guestOptions>[1]

/** Asserts that a run in a guest fails in one way, and leaves nothing: no process, no file, no run. */
export async function fails(
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Asserts that no emulator runs, and that neither temporary files nor half an image are left. */
export function assertNothingLeft(t: ExecutionContext, { pids, temporary, cache }: Machine): void {
  t.deepEqual(pids().filter(isAlive), [])
  t.deepEqual(
    readdirSync(temporary).filter((name) => name.startsWith('spsc-qemu-')),
    [],
  )
  const images = join(cache, 'spsc', 'images')
  const half = existsSync(images) ? readdirSync(images).filter((name) => /^\.|lock$/.test(name)) : []
  t.deepEqual(half, [])
}
