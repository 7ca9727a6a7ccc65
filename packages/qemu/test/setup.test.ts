import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setUp } from '@spsc/qemu'
import test, { type ExecutionContext } from 'ava'
import { kernelBytes, machine } from './guests.js'

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

async function setUpHere(t: ExecutionContext) {
  const said: string[] = []
  const outcome = await setUp({ say: (line) => said.push(line) }).catch((error) => error)
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

test.serial('without apt-get it says what to install', async (t) => {
  machine(t, '')
  process.env.PATH = '/nonexistent'
  const { outcome, said } = await setUpHere(t)
  t.is(outcome, false)
  t.regex(said, /qemu-system-x86_64:\n +dnf install qemu-system-x86-core, or pacman -S qemu-system-x86/)
  t.regex(said, /spsc run --in qemu --kernel PATH/)
})
