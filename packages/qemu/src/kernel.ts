import { createHash } from 'node:crypto'
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { errorMessage, SpscError } from '@spsc/core'
import { cacheFolder } from './cache.js'

/** Folders below it are called after package and version; each holds these two. */
export const KERNELS = 'kernels'
export const KERNEL_FILE = 'vmlinuz'
/** Holds the SHA-256 of {@link KERNEL_FILE}, written last. */
export const KERNEL_SUM = 'sha256'

// Linux x86 boot protocol, Documentation/arch/x86/boot.rst: offsets of fields of the setup header.
const SETUP_SECTS = 0x1f1
const SYS_SIZE = 0x1f4
const MAGIC = 0x202
const HEADER_BYTES = 0x264

/** Why a file can't be a whole Linux kernel for x86; `undefined` where it may be one. */
export function faultOfKernel(path: string): string | undefined {
  const file = openSync(path, 'r')
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) return 'it is no file'
    const header = Buffer.alloc(HEADER_BYTES)
    if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return 'it is shorter than a kernel’s header'
    if (header.toString('latin1', MAGIC, MAGIC + 4) !== 'HdrS') return 'it has no header of a Linux kernel (bzImage)'
    // A header that says 0 sectors means 4; sizes are in paragraphs of 16 bytes.
    const needed = ((header[SETUP_SECTS] || 4) + 1) * 512 + header.readUInt32LE(SYS_SIZE) * 16
    if (stat.size < needed) return `it is cut off: ${stat.size} bytes, and its header says ${needed}`
    return undefined
  } finally {
    closeSync(file)
  }
}

export function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

/** The newest of the kernels that set-up has fetched; `undefined` where it has fetched none. */
export function fetchedKernel(): string | undefined {
  const folder = join(cacheFolder(), KERNELS)
  if (!existsSync(folder)) return undefined
  const newest = readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, KERNEL_SUM)))
    .sort(new Intl.Collator('en', { numeric: true }).compare)
    .at(-1)
  return newest === undefined ? undefined : join(folder, newest, KERNEL_FILE)
}

function checkGiven(path: string): string {
  let fault: string | undefined
  try {
    fault = faultOfKernel(path)
  } catch (error) {
    fault = errorMessage(error)
  }
  if (fault === undefined) return resolve(path)
  throw new SpscError(
    'ERR_OPTION',
    'qemu',
    `--kernel ${path} can't be booted: ${fault}; give a Linux kernel for x86-64 (bzImage), or leave it out`,
  )
}

/** Torn by a crash or a bad disk, it would boot into nothing, and a minute would pass before anyone knew. */
function checkFetched(path: string): string {
  const wanted = readFileSync(join(path, '..', KERNEL_SUM), 'utf8').trim()
  if (existsSync(path) && sha256Of(path) === wanted) return path
  throw new SpscError(
    'ERR_CAPABILITY',
    'qemu',
    `the kernel ${path} is not what was fetched: its SHA-256 differs; run \`npx spsc qemu setup\`, which fetches it anew`,
  )
}

/**
 * The kernel to boot.
 *
 * @param given by the user
 * @throws `ERR_OPTION` for one that was given and is none, `ERR_CAPABILITY` where there is none
 */
export function findKernel(given: string | undefined): string {
  if (given !== undefined) return checkGiven(given)
  const fetched = fetchedKernel()
  if (fetched !== undefined) return checkFetched(fetched)
  throw new SpscError(
    'ERR_CAPABILITY',
    'qemu',
    "no kernel for the guest is here; it is Debian's package linux-image-cloud-amd64; run `npx spsc qemu setup`, which fetches it into a cache and installs nothing, or give --kernel",
  )
}
