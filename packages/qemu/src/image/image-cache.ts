import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorMessage, type GuestMode, SpscError } from '@spsc/core'
import { isAlive } from '@spsc/lab'
import { cached } from '../cache.js'
import { onExit } from '../clean-up.js'
import { cancelled } from '../tools.js'
import { writeCpio } from './cpio.js'
import { ext4Bytes, writeExt4 } from './ext4.js'
import type { GuestTree } from './guest-tree.js'

/** Images that stay beside the newest, and for how long whatever their number: another run may be about to boot one. */
const KEPT = 3
const KEPT_MS = 3_600_000
const LOCK_POLL_MS = 100

/** Each mode boots from a form of its own. */
const ENDINGS = { smp: '.ext4', deterministic: '.cpio' } as const satisfies Record<GuestMode, string>

export interface Image {
  readonly path: string
  readonly bytes: number
  /** Whether it was there already. */
  readonly cached: boolean
}

export interface ImageOptions {
  readonly mode: GuestMode
  /** Called when an image has to be made, which takes some seconds. */
  readonly onBuild: (bytes: number) => void
  readonly signal: AbortSignal | undefined
}

/** One builder of an image at a time; another waits, and finds it made. A lock whose process is gone counts as none. */
async function locked<Result>(path: string, signal: AbortSignal | undefined, work: () => Promise<Result>) {
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw cantBuild(dirname(path), error)
    }
    const holder = Number(readFileOr(path, ''))
    // Empty: made this moment, its number not yet in it.
    if (holder > 0 && !isAlive(holder)) rmSync(path, { force: true })
    else await sleep(LOCK_POLL_MS)
    if (signal?.aborted) throw cancelled(signal)
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

function readFileOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return fallback
  }
}

/** Old images make room; what a build that was killed has left goes with them. */
function prune(folder: string): void {
  const entries = readdirSync(folder)
    .map((name) => ({ path: join(folder, name), at: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs }))
    .filter((entry): entry is { path: string; at: number } => entry.at !== undefined)
    .sort((a, b) => b.at - a.at)
  const images = entries.filter(({ path }) => Object.values(ENDINGS).some((ending) => path.endsWith(ending)))
  const stale = [...images.slice(KEPT), ...entries.filter(({ path }) => path.includes('.build-'))]
  for (const { path, at } of stale) {
    if (Date.now() - at > KEPT_MS) rmSync(path, { recursive: true, force: true })
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

async function build(tree: GuestTree, path: string, folder: string, { mode, onBuild, signal }: ImageOptions) {
  const bytes = mode === 'smp' ? ext4Bytes(tree) : tree.bytes
  onBuild(bytes)
  // The files are copied before they are packed.
  const needed = mode === 'smp' ? bytes + tree.bytes : bytes
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize < needed) {
    throw noRoom(folder, needed, `${toMib(bavail * bsize)} MiB are free`)
  }
  const work = mkdtempSync(join(folder, '.build-'))
  const forget = onExit(() => rmSync(work, { recursive: true, force: true }))
  try {
    const made = join(work, 'image')
    if (mode === 'smp') await writeExt4(tree, made, { work, signal })
    else writeCpio(tree, made)
    sync(made)
    renameSync(made, path)
  } catch (error) {
    if (error instanceof SpscError) throw error
    const reason = errorMessage(error)
    throw /ENOSPC|No space left|Could not allocate block/.test(reason)
      ? noRoom(folder, needed, reason)
      : cantBuild(folder, error)
  } finally {
    rmSync(work, { recursive: true, force: true })
    forget()
  }
}

function toMib(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20)
}

function cantBuild(folder: string, error: unknown): SpscError {
  const message = `the guest's image can't be built in ${folder}: ${errorMessage(error)}; set XDG_CACHE_HOME to a folder elsewhere`
  return new SpscError('ERR_OUTPUT', 'qemu', message, { cause: error })
}

function noRoom(folder: string, needed: number, reason: string): SpscError {
  return new SpscError(
    'ERR_OUTPUT',
    'qemu',
    `the guest's image can't be built in ${folder}, which needs ${toMib(needed)} MiB there: ${reason}; make room, or set XDG_CACHE_HOME to a folder elsewhere`,
  )
}

/**
 * The image of a tree: from the cache, where one with the very same contents is there, else made.
 *
 * @throws `ERR_OUTPUT` where it can't be written, `ERR_CAPABILITY` without `mke2fs`, `ERR_CANCELLED`
 */
export async function imageOf(tree: GuestTree, options: ImageOptions): Promise<Image> {
  const folder = cached('images')
  const path = join(folder, `${(await tree.digest()).slice(0, 32)}${ENDINGS[options.mode]}`)
  const wasThere = existsSync(path)
  if (!wasThere) {
    await locked(`${path}.lock`, options.signal, async () => {
      if (!existsSync(path)) await build(tree, path, folder, options)
    })
  }
  const now = new Date()
  utimesSync(path, now, now)
  prune(folder)
  return { path, bytes: statSync(path).size, cached: wasThere }
}
