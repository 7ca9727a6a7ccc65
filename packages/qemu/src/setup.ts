import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { errorMessage, SpscError } from '@spsc/core'
import { cached } from './cache.js'
import { onExit } from './clean-up.js'
import { onPath } from './image/programs.js'
import { faultOfKernel, findKernel, KERNEL_FILE, KERNEL_SUM, KERNELS, sha256Of } from './kernel.js'
import { MKE2FS, QEMU, type Ran, runTool, type Tool } from './tools.js'

/** Always the newest of Debian's kernels for guests; it depends on the package that has the kernel itself. */
const KERNEL_PACKAGE = 'linux-image-cloud-amd64'
/** The network may be slow, and there are packages to unpack. */
const APT_LIMIT_S = 900

export interface SetUpOptions {
  /** Called with each line for the reader. */
  readonly say: (line: string) => void
  readonly signal?: AbortSignal | undefined
  /** Of the file tree that holds apt's lists of packages. */
  readonly root?: string
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`

/** Runs one of apt's programs, which has to end well. */
async function apt(file: string, args: readonly string[], options: { cwd?: string; signal?: AbortSignal | undefined }) {
  const ran = await runTool(file, args, { ...options, timeoutS: APT_LIMIT_S, cure: 'it is in every Debian' })
  if (ran.code === 0) return ran
  const said = ran.stderr.trim().split('\n').at(-1)
  throw new SpscError(
    'ERR_CAPABILITY',
    'qemu',
    `${[file, ...args].join(' ')} failed: ${said}; see what it says by hand`,
  )
}

/** What apt would fetch: `'URI' NAME BYTES HASH` a line. */
function sizeOf({ stdout }: Ran): { readonly packages: number; readonly bytes: number } {
  const sizes = [...stdout.matchAll(/^'\S+' \S+ (\d+)/gm)].map(([, bytes]) => Number(bytes))
  return { packages: sizes.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) }
}

async function installPrograms(tools: readonly Tool[], { say, signal }: SetUpOptions): Promise<boolean> {
  const names = tools.map(({ debian }) => debian)
  const install = ['install', '--no-install-recommends', ...names]
  const { packages, bytes } = sizeOf(await apt('apt-get', ['-qq', '--print-uris', ...install], { signal }))
  say(`${names.join(', ')}: ${megabytes(bytes)} to download, ${packages} packages`)
  if (process.getuid?.() !== 0) {
    say('  only root can install them:')
    say(`  sudo apt-get ${install.join(' ')}`)
    return false
  }
  say(`  installing: apt-get ${install.join(' ')}`)
  await apt('apt-get', ['-qq', '--yes', ...install], { signal })
  return true
}

/** The package that has the kernel. */
async function kernelPackage(signal: AbortSignal | undefined): Promise<string> {
  const { stdout } = await apt('apt-cache', ['depends', KERNEL_PACKAGE], { signal })
  const name = /Depends: (linux-image-\S+)/.exec(stdout)?.[1]
  if (name !== undefined) return name
  throw new SpscError('ERR_CAPABILITY', 'qemu', `${KERNEL_PACKAGE} depends on no kernel; run \`sudo apt-get update\``)
}

/** Unpacks the kernel of a package, nothing else, and never where this machine would boot it from. */
async function fetchKernel({ say, signal }: SetUpOptions): Promise<void> {
  const name = await kernelPackage(signal)
  const folder = cached(KERNELS)
  const { bytes } = sizeOf(await apt('apt-get', ['-qq', '--print-uris', 'download', name], { signal }))
  say(`${name}: ${megabytes(bytes)} to download; its kernel goes into`)
  say(`  ${folder}`)
  const work = mkdtempSync(join(folder, '.fetch-'))
  const forget = onExit(() => rmSync(work, { recursive: true, force: true }))
  try {
    await apt('apt-get', ['-qq', 'download', name], { cwd: work, signal })
    const [deb] = readdirSync(work).filter((file) => file.endsWith('.deb'))
    if (deb === undefined) throw new Error('apt-get downloaded no package')
    const tree = join(work, 'tree')
    await apt('dpkg-deb', ['--extract', join(work, deb), tree], { signal })
    const [kernel] = readdirSync(join(tree, 'boot')).filter((file) => file.startsWith('vmlinuz-'))
    if (kernel === undefined) throw new Error(`${deb} has no kernel`)
    const ready = join(work, 'ready')
    mkdirSync(ready)
    const path = join(ready, KERNEL_FILE)
    copyFileSync(join(tree, 'boot', kernel), path)
    const fault = faultOfKernel(path)
    if (fault !== undefined) throw new Error(`${kernel} of ${deb} can't be booted: ${fault}`)
    writeFileSync(join(ready, KERNEL_SUM), `${sha256Of(path)}\n`)
    const place = join(folder, deb.replace(/\.deb$/, ''))
    rmSync(place, { recursive: true, force: true })
    renameSync(ready, place)
    say(`  unpacked: ${megabytes(statSync(join(place, KERNEL_FILE)).size)}`)
  } catch (error) {
    if (error instanceof SpscError) throw error
    const message = `the kernel can't be fetched into ${folder}: ${errorMessage(error)}; make room, or set XDG_CACHE_HOME`
    throw new SpscError('ERR_OUTPUT', 'qemu', message, { cause: error })
  } finally {
    rmSync(work, { recursive: true, force: true })
    forget()
  }
}

function hasKernel(): boolean {
  try {
    findKernel(undefined)
    return true
  } catch {
    return false
  }
}

/** What to do where there is no apt. */
function sayByHand(tools: readonly Tool[], needsKernel: boolean, { say }: SetUpOptions): void {
  say('no apt-get here. What is missing, by hand:')
  for (const { program, fedora, arch } of tools) {
    say(`  ${program}:`)
    say(`    dnf install ${fedora}, or pacman -S ${arch}`)
  }
  if (needsKernel) {
    say(`  a kernel with NVMe, ext4 and a serial console built in: the file`)
    say(`  boot/vmlinuz-* of Debian's package ${KERNEL_PACKAGE}; then`)
    say('  spsc run --in qemu --kernel PATH')
  }
}

/**
 * Fetches what a guest needs and is not here: on Debian the emulator as a package, where this is root, and the kernel
 * into a cache. Says sizes before it downloads anything.
 *
 * @returns whether nothing is missing any more
 * @throws `ERR_CAPABILITY` where this is no Linux on x86-64, or a package can't be had, `ERR_OUTPUT`
 */
export async function setUp(options: SetUpOptions): Promise<boolean> {
  checkPlatform()
  const { say, signal, root = '/' } = options
  const missing = [QEMU, MKE2FS].filter(({ program }) => onPath(program) === undefined)
  const needsKernel = !hasKernel()
  if (missing.length === 0 && !needsKernel) {
    say(`all there: ${onPath(QEMU.program)}, ${onPath(MKE2FS.program)},`)
    say(`  ${findKernel(undefined)}`)
    return true
  }
  if (onPath('apt-get') === undefined) {
    sayByHand(missing, needsKernel, options)
    return false
  }
  const lists = join(root, 'var/lib/apt/lists')
  if (!existsSync(lists) || readdirSync(lists).length < 3) {
    if (process.getuid?.() === 0) await apt('apt-get', ['-qq', 'update'], { signal })
    else say('apt has no lists of packages yet: sudo apt-get update')
  }
  const installed = missing.length === 0 || (await installPrograms(missing, options))
  if (needsKernel) await fetchKernel(options)
  if (installed) say('all there now: spsc run baseline --in qemu')
  return installed
}

/** The guest runs this machine's Node. @throws `ERR_CAPABILITY` */
export function checkPlatform(): void {
  const here = `${process.platform} ${process.arch}`
  if (here === 'linux x64') return
  throw new SpscError(
    'ERR_CAPABILITY',
    'qemu',
    `this is ${here}; allowed for a guest: linux x64, whose Node it runs; measure on the host: leave out --in qemu`,
  )
}
