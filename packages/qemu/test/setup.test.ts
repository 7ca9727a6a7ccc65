import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setUp } from '@spsc/qemu'
import test, { type ExecutionContext } from 'ava'
import { folder, kernelBytes, type Machine, machine } from './guests.js'

const QEMU = 'qemu-system-x86_64'
const NAME = 'linux-image-6.1.0-99-cloud-amd64'

/** Debian's programs as far as set-up asks them; what they were asked is in $FAKE_ROOT/asked. */
const DEBIAN = {
  'apt-cache': `#!/bin/sh
printf 'linux-image-cloud-amd64\\n  Depends: ${NAME}\\n'
`,
  'apt-get': `#!/bin/sh
echo "$*" >>"$FAKE_ROOT/asked"
case "$*" in
  *--print-uris*download*) echo "'u' ${NAME}_1.deb 26700000 SHA256:x" ;;
  *--print-uris*) printf "'u' a.deb 1000000 x\\n'u' b.deb 17000000 x\\n" ;;
  *download*) : >${NAME}_1.deb ;;
esac
`,
  'dpkg-deb': `#!/bin/sh
mkdir -p "$3/boot" && cp "$FAKE_ROOT/vmlinuz" "$3/boot/vmlinuz-6.1.0-99-cloud-amd64"
`,
}

/** The file tree of a machine whose apt has lists of packages, or has none yet. */
function lists(t: ExecutionContext, files: readonly string[] = ['lock', 'partial', 'main']): string {
  const root = folder(t)
  mkdirSync(join(root, 'var/lib/apt/lists'), { recursive: true })
  for (const name of files) writeFileSync(join(root, 'var/lib/apt/lists', name), '')
  return root
}

async function setUpHere(t: ExecutionContext, root = lists(t)) {
  const said: string[] = []
  const outcome = await setUp({ say: (line) => said.push(line), root }).catch((error) => error)
  for (const line of said) t.true(line.length <= 80 || line.includes('/'), line)
  return { outcome, said: said.join('\n') }
}

test.serial('the kernel goes into the cache with its hash, its size said before', async (t) => {
  const there = machine(t, '', DEBIAN)
  const { outcome, said } = await setUpHere(t)
  t.is(outcome, true, String(outcome))
  t.regex(said, new RegExp(`^${NAME}: 26.7 MB to download`))
  const kernels = join(there.cache, 'spsc/kernels')
  t.deepEqual(readdirSync(kernels), [`${NAME}_1`])
  t.deepEqual(readdirSync(join(kernels, `${NAME}_1`)).sort(), ['sha256', 'vmlinuz'])
  t.deepEqual(readFileSync(join(kernels, `${NAME}_1`, 'vmlinuz')), kernelBytes())
  t.notRegex(readFileSync(join(there.cache, '../asked'), 'utf8'), /install.*linux-image/)
})

test.serial('a second time all is there, and nothing is asked', async (t) => {
  const there = machine(t, '', DEBIAN)
  await setUpHere(t)
  const asked = readFileSync(join(there.cache, '../asked'), 'utf8')
  const { outcome, said } = await setUpHere(t)
  t.is(outcome, true)
  t.regex(said, /^all there/)
  t.is(readFileSync(join(there.cache, '../asked'), 'utf8'), asked)
})

test.serial('a kernel that was damaged since is fetched anew', async (t) => {
  const there = machine(t, '', DEBIAN)
  await setUpHere(t)
  const path = join(there.cache, `spsc/kernels/${NAME}_1/vmlinuz`)
  writeFileSync(path, 'damaged')
  t.is((await setUpHere(t)).outcome, true)
  t.deepEqual(readFileSync(path), kernelBytes())
})

test.serial('a package whose kernel can’t be booted is refused, and nothing of it stays', async (t) => {
  const there = machine(t, '', DEBIAN)
  writeFileSync(there.kernel, 'no kernel')
  const { outcome } = await setUpHere(t)
  t.like(outcome, { code: 'ERR_OUTPUT' })
  t.regex(outcome.message, /can't be booted: it is shorter/)
  t.deepEqual(readdirSync(join(there.cache, 'spsc/kernels')), [])
})

test.serial('a download that fails is told in one line', async (t) => {
  const failing = `${DEBIAN['apt-get']}case "$*" in *--print-uris*) ;; *download*) echo 'E: no network' >&2; exit 100 ;; esac\n`
  const there = machine(t, '', { ...DEBIAN, 'apt-get': failing })
  const { outcome } = await setUpHere(t)
  t.like(outcome, { code: 'ERR_CAPABILITY' })
  t.regex(outcome.message, /apt-get -qq download .* failed: E: no network/)
  t.deepEqual(readdirSync(join(there.cache, 'spsc/kernels')), [])
})

for (const [what, program, text, code, message] of [
  [
    'there is no package of a kernel',
    'apt-cache',
    'echo linux-image-cloud-amd64',
    'ERR_CAPABILITY',
    /depends on no kernel; run `sudo apt-get update`/,
  ],
  [
    'apt downloads nothing',
    'apt-get',
    ':',
    'ERR_OUTPUT',
    /can't be fetched into \S+: apt-get downloaded no package; make room/,
  ],
  [
    'the package holds no kernel',
    'dpkg-deb',
    'mkdir -p "$3/boot"',
    'ERR_OUTPUT',
    /_1\.deb has no kernel; make room, or set XDG/,
  ],
  [
    'a program of apt is broken',
    'dpkg-deb',
    'kill -KILL $$',
    'ERR_CAPABILITY',
    /dpkg-deb can't be run: .*; try it by hand/,
  ],
] as const) {
  test.serial(`where ${what} that is told, and nothing stays`, async (t) => {
    const there = machine(t, '', { ...DEBIAN, [program]: `#!/bin/sh\n${text}\n` })
    const { outcome } = await setUpHere(t)
    t.like(outcome, { code })
    t.regex(outcome.message, message)
    const kernels = join(there.cache, 'spsc/kernels')
    t.deepEqual(existsSync(kernels) ? readdirSync(kernels) : [], [])
  })
}

test.serial('where apt lacks the program that lists dependencies that is told', async (t) => {
  const { 'apt-cache': _, ...rest } = DEBIAN
  machine(t, '', rest, { system: ['sh'] })
  const { outcome } = await setUpHere(t)
  t.like(outcome, { code: 'ERR_CAPABILITY' })
  t.regex(outcome.message, /apt-cache is not installed; /)
})

/** A Debian without an emulator, where this process is that user. */
function debian(t: ExecutionContext, uid: number): Machine {
  const getuid = process.getuid as () => number
  t.teardown(() => {
    process.getuid = getuid
  })
  process.getuid = () => uid
  const programs = { ...DEBIAN, 'qemu-system-x86_64': undefined }
  return machine(t, '', programs, { system: ['sh', 'mkdir', 'cp'] })
}

const asked = ({ cache }: Machine) => readFileSync(join(cache, '../asked'), 'utf8')
const SYSTEM_EMULATOR = ['/usr/local/sbin', '/usr/sbin', '/sbin'].some((path) => existsSync(join(path, QEMU)))
const lacking = SYSTEM_EMULATOR ? test.serial.skip : test.serial

lacking('root gets the emulator installed, its size said before', async (t) => {
  const there = debian(t, 0)
  const { outcome, said } = await setUpHere(t)
  t.is(outcome, true, String(outcome))
  t.regex(said, /^qemu-system-x86: 18\.0 MB to download, 2 packages\n {2}installing: apt-get install/)
  t.regex(said, /all there now: spsc run baseline --in qemu$/)
  t.regex(asked(there), /^-qq --yes install --no-install-recommends qemu-system-x86$/m)
})

lacking('whoever is not root is told how to install the emulator, and gets the kernel all the same', async (t) => {
  const there = debian(t, 1000)
  const { outcome, said } = await setUpHere(t)
  t.is(outcome, false)
  t.regex(said, /only root can install them:\n {2}sudo apt-get install --no-install-recommends qemu-system-x86$/m)
  t.notRegex(said, /all there/)
  t.notRegex(asked(there), /--yes/)
  t.deepEqual(readdirSync(join(there.cache, 'spsc/kernels')), [`${NAME}_1`])
})

for (const [uid, who, update, line] of [
  [0, 'root has apt fetch its lists of packages', true, /^(?!.*no lists)/s],
  [
    1000,
    'another user is told to have apt fetch its lists of packages',
    false,
    /^apt has no lists of packages yet: sudo apt-get update$/m,
  ],
] as const) {
  lacking(`where there are none, ${who}`, async (t) => {
    const there = debian(t, uid)
    const { said } = await setUpHere(t, lists(t, ['lock', 'partial']))
    t.is(asked(there).startsWith('-qq update\n'), update)
    t.regex(said, line)
  })
}

test.serial('lists of packages that apt has no folder for are fetched too', async (t) => {
  const there = debian(t, 0)
  await setUpHere(t, folder(t))
  t.regex(asked(there), /^-qq update\n/)
})

test.serial('without apt-get it says what to install', async (t) => {
  machine(t, '')
  process.env.PATH = '/nonexistent'
  const { outcome, said } = await setUpHere(t)
  t.is(outcome, false)
  t.regex(said, /qemu-system-x86_64:\n +dnf install qemu-system-x86-core, or pacman -S qemu-system-x86/)
  t.regex(said, /spsc run --in qemu --kernel PATH/)
})
