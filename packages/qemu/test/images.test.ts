import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { planRun } from '@spsc/lab'
import { startInGuest } from '@spsc/qemu'
import test, { type ExecutionContext } from 'ava'
import { answering, assertNothingLeft, fails, folder, guestOptions, MANIFEST, type Machine, machine } from './guests.js'

/** What a guest does that has nothing to measure. */
const idle = (t: ExecutionContext) =>
  `cat ${answering(t, { type: 'booted' }, { type: 'manifest', manifest: MANIFEST }, { type: 'finished', manifest: MANIFEST })} >"$answers"`

async function runOn(there: Machine, changes: Parameters<typeof guestOptions>[1] = {}): Promise<void> {
  await (await startInGuest(await guestOptions(there, { onExisting: 'replace', ...changes }))).finished
}

const imagesOf = ({ cache }: Machine) => join(cache, 'spsc/images')

/** Where the image is that a run needs. */
async function imagePath(there: Machine): Promise<string> {
  await runOn(there)
  const [name = ''] = readdirSync(imagesOf(there)).filter((file) => file.endsWith('.ext4'))
  return join(imagesOf(there), name)
}

test.serial('the lock of a process that was killed while it built an image stands in nobody’s way', async (t) => {
  const there = machine(t, idle(t), {}, { ownImages: true })
  const path = await imagePath(there)
  rmSync(path)
  writeFileSync(`${path}.lock`, String(spawnSync('true').pid))
  await runOn(there)
  t.is(there.images(), 2)
  assertNothingLeft(t, there)
})

test.serial('a run that is cancelled while another builds its image ends, and leaves the other its lock', async (t) => {
  const there = machine(t, idle(t), {}, { ownImages: true })
  const path = await imagePath(there)
  rmSync(path)
  writeFileSync(`${path}.lock`, String(process.pid))
  const cancelled = startInGuest(await guestOptions(there, { onExisting: 'replace', signal: AbortSignal.timeout(500) }))
  await t.throwsAsync(cancelled, { code: 'ERR_CANCELLED' })
  t.is(readFileSync(`${path}.lock`, 'utf8'), String(process.pid))
  t.false(existsSync(path))
})

test.serial('a run that is cancelled while its image is built leaves nothing of it', async (t) => {
  const there = machine(t, '', {}, { ownImages: true })
  const controller = new AbortController()
  const notes: string[] = []
  const onNote = (note: string) => {
    notes.push(note)
    controller.abort()
  }
  await fails(t, there, { code: 'ERR_CANCELLED', message: /cancelled/ }, { onNote, signal: controller.signal })
  t.regex(notes.join(), /^building the guest's image, \d+ MiB, once$/)
  t.deepEqual(readdirSync(imagesOf(there)), [])
})

test.serial('an image that can’t be built for another reason than room is told with that reason', async (t) => {
  const broken = '#!/bin/sh\necho "mke2fs 1.47" >&2; echo "mke2fs: Invalid argument" >&2; exit 1\n'
  const there = machine(t, '', { mke2fs: broken }, { ownImages: true })
  await fails(t, there, {
    code: 'ERR_OUTPUT',
    message: /image can't be built in \S+: mke2fs: Invalid argument; set XDG/,
  })
})

test.serial('a folder of images that takes no files is told', async (t) => {
  const there = machine(t, '', {}, { ownImages: true })
  symlinkSync('/proc', imagesOf(there))
  await fails(t, there, {
    code: 'ERR_OUTPUT',
    message: /can't be built in \S*images: ENOENT.*; set XDG_CACHE_HOME to a/,
  })
})

test.serial('of images that are old the newest three stay, and what a killed build has left goes', async (t) => {
  const there = machine(t, idle(t), {}, { ownImages: true })
  const folderOfImages = imagesOf(there)
  mkdirSync(join(folderOfImages, '.build-dead'), { recursive: true })
  const names = ['1.ext4', '2.ext4', '3.cpio', '4.ext4']
  for (const name of names) writeFileSync(join(folderOfImages, name), 'old')
  for (const [age, name] of [...names, '.build-dead'].entries()) {
    const at = Date.now() / 1000 - 7200 - age
    utimesSync(join(folderOfImages, name), at, at)
  }
  mkdirSync(join(folderOfImages, '.build-alive'))
  await runOn(there)
  const stay = readdirSync(folderOfImages).filter((name) => !/^[0-9a-f]{32}\.ext4$/.test(name))
  t.deepEqual(stay.sort(), ['.build-alive', '1.ext4', '2.ext4'])
  t.is(readdirSync(folderOfImages).length, stay.length + 1)
})

for (const [program, message] of [
  ['mount', /this machine has no program mount, which the guest needs; install it, or leave out --in qemu/],
  ['ldd', /ldd is not installed; it tells which shared libraries the guest needs, and is in Debian’s package libc-bin/],
] as const) {
  test.serial(`without ${program} nothing is built, and the error names it`, async (t) => {
    const system = ['sh', 'ldd', 'mount'].filter((name) => name !== program)
    await fails(t, machine(t, '', {}, { system }), { code: 'ERR_CAPABILITY', message })
  })
}

/** Lists the paths of an image that belong to packages, in place of making it. */
const LISTING = `#!/bin/sh
for argument; do
  case $argument in */image) echo image >"$argument" ;; */root) root=$argument ;; esac
done
cd "$root/spsc" && find * ! -type d | sort >"$FAKE_ROOT/listed"
`

/** Files by path and text below an empty folder. */
function files(t: ExecutionContext, texts: Readonly<Record<string, string>>): string {
  const root = folder(t)
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

/** What is in the guest of packages with this prefix where these modules are its queues, and where the queues are. */
async function packed(t: ExecutionContext, prefix: string, ...modules: readonly string[]) {
  const behaviour = `cp "$job" "$FAKE_ROOT/job"; ${idle(t)}`
  const there = machine(t, behaviour, { mke2fs: LISTING }, { ownImages: true })
  const queues = modules.map((path) => ({ label: path, backend: { module: pathToFileURL(path).href } }))
  const scenarios = [{ name: 'baseline', settings: { duration: 0.1, warmup: 0 } }]
  await runOn(there, { plan: planRun({ scenarios, queues, replicates: 1, seed: 0 }) })
  const read = (name: string) => readFileSync(join(there.cache, '..', name), 'utf8')
  const job = JSON.parse(read('job').replace(/\0+$/, '')) as { queues: { backend: { module: string } }[] }
  return {
    listed: read('listed')
      .trim()
      .split('\n')
      .filter((path) => path.startsWith(prefix)),
    modules: job.queues.map(({ backend }) => backend.module),
  }
}

test.serial('a module in no package is taken with the folder it is in', async (t) => {
  const root = files(t, { 'queue.js': '', 'helper.js': '', 'deep/more.js': '', '.git/x': '', 'queue.d.ts': '' })
  const { listed, modules } = await packed(t, 'module@', join(root, 'queue.js'))
  t.deepEqual(modules, ['file:///spsc/module@0/queue.js'])
  t.deepEqual(listed, ['module@0/deep/more.js', 'module@0/helper.js', 'module@0/queue.js'])
})

test.serial('of a package what it publishes is taken, and what it depends on but optional peers', async (t) => {
  const text = (manifest: object) => JSON.stringify(manifest)
  const root = files(t, {
    'package.json': text({
      name: '@me/queue',
      version: '1.2.3',
      files: ['dist', './index.js', 'native/**'],
      dependencies: { there: '1' },
      optionalDependencies: { absent: '1' },
      peerDependencies: { typed: '1' },
      peerDependenciesMeta: { typed: { optional: true } },
    }),
    'dist/index.js': '',
    'dist/package.json': text({ type: 'module' }),
    'index.js': '',
    'native/a.js': '',
    'test/secret.js': '',
    'node_modules/there/package.json': text({ name: 'there', version: '1.0.0' }),
    'node_modules/there/main.js': '',
    'node_modules/typed/package.json': text({ name: 'typed' }),
  })
  const { listed, modules } = await packed(t, '', join(root, 'dist/index.js'))
  t.deepEqual(modules, ['file:///spsc/@me+queue@1.2.3/dist/index.js'])
  const own = ['dist/index.js', 'dist/package.json', 'index.js', 'native/a.js', 'node_modules/there', 'package.json']
  t.deepEqual(
    listed.filter((path) => path.startsWith('@me+')),
    own.map((path) => `@me+queue@1.2.3/${path}`),
  )
  t.deepEqual(
    listed.filter((path) => path.startsWith('there')),
    ['there@1.0.0/main.js', 'there@1.0.0/package.json'],
  )
  t.false(listed.some((path) => path.startsWith('typed')))
})

test.serial('a module that its package does not publish is taken with the whole package', async (t) => {
  const root = files(t, { 'package.json': '{"name":"x","files":["dist"]}', 'dist/a.js': '', 'src/queue.js': '' })
  const { listed, modules } = await packed(t, 'x@', join(root, 'src/queue.js'))
  t.deepEqual(modules, ['file:///spsc/x@0/src/queue.js'])
  t.deepEqual(listed, ['x@0/dist/a.js', 'x@0/package.json', 'x@0/src/queue.js'])
})

test.serial('two packages of one name and version stand side by side', async (t) => {
  const roots = ['one', 'two'].map((text) =>
    files(t, { 'package.json': '{"name":"x","version":"1"}', 'queue.js': text }),
  )
  const { modules } = await packed(t, 'x@', ...roots.map((root) => join(root, 'queue.js')))
  t.deepEqual(modules, ['file:///spsc/x@1/queue.js', 'file:///spsc/x@1.2/queue.js'])
})

test.serial('a plug-in in a folder of somebody’s work is refused before anything is copied', async (t) => {
  const root = files(t, { 'queue.js': '', video: '' })
  truncateSync(join(root, 'video'), 65 * 2 ** 20)
  const there = machine(t, '', {}, { ownImages: true })
  const queues = [{ label: 'mine', backend: { module: pathToFileURL(join(root, 'queue.js')).href } }]
  const plan = planRun({ scenarios: [{ name: 'baseline', settings: {} }], queues, replicates: 1, seed: 0 })
  const message = /holds more than 64 MiB .*; allowed: less; give the plug-in a folder with a package\.json of its own/
  await fails(t, there, { code: 'ERR_OPTION', message }, { plan })
  t.is(there.images(), 0)
})
