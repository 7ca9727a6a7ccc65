import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { errorMessage, parseRecord, type ResultRecord, SpscError } from '@spsc/core'
import { isLeftOver, lockOf, RunLock } from './run-lock.js'

/** Names of runs become names of files: nothing that could leave the folder or confuse a terminal. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/

export interface StorePlace {
  /** Folder of the results; made where it doesn't exist. */
  readonly dir: string
  readonly name: string
}

/** What to do when a run of that name is stored already. */
export type OnExisting = 'refuse' | 'replace' | 'resume'

export function resultsPath({ dir, name }: StorePlace): string {
  return join(dir, `${name}_results.ndjson`)
}

export function manifestPath({ dir, name }: StorePlace): string {
  return join(dir, `${name}_manifest.json`)
}

/** @throws `ERR_OPTION` */
export function checkName(name: string): void {
  if (NAME.test(name)) return
  throw new SpscError(
    'ERR_OPTION',
    'store',
    `name is ${JSON.stringify(name)}; allowed: letters, digits, dot, dash and underscore, at most 100, beginning with a letter or digit`,
  )
}

/** Like `mkdir -p`. Node's own recursive form never returns where a file system makes no folders (/proc/x). */
export function makeFolder(dir: string): void {
  if (existsSync(dir)) {
    if (!statSync(dir).isDirectory()) throw new Error('it is not a folder')
    return
  }
  makeFolder(dirname(resolve(dir)))
  mkdirSync(dir)
}

function isEmpty(path: string): boolean {
  return existsSync(path) && statSync(path).isFile() && statSync(path).size === 0
}

/** The first of `name`, `name-2`, `name-3` … that is not taken in `dir`; by a run that was killed without a record it is not. */
export function freeName({ dir, name }: StorePlace): string {
  for (let suffix = 1; ; suffix++) {
    const candidate = suffix === 1 ? name : `${name}-${suffix}`
    const path = resultsPath({ dir, name: candidate })
    if (!existsSync(path) || (isEmpty(path) && isLeftOver(lockOf(path)))) return candidate
  }
}

/** Rewrites a file so that a reader sees the old or the new one, never half. */
function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(temporary, text)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

function outputError(path: string, error: unknown): SpscError {
  return new SpscError(
    'ERR_OUTPUT',
    'store',
    `${path} can't be written: ${errorMessage(error)}; choose another --out`,
    { cause: error },
  )
}

/** @throws `ERR_OUTPUT` */
function readManifest(place: StorePlace): unknown {
  const path = manifestPath(place)
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof manifest === 'object' && manifest !== null) return manifest
    throw new Error('it holds no object')
  } catch (error) {
    const message = `${path} can't be read: ${errorMessage(error)}; start anew with --force`
    throw new SpscError('ERR_OUTPUT', 'store', message, { cause: error })
  }
}

/** The seed of a stored run, which a resumed one keeps; `undefined` where there is none. @throws `ERR_OUTPUT` */
export function storedSeed(place: StorePlace): number | undefined {
  return existsSync(manifestPath(place)) ? (readManifest(place) as { seed?: number }).seed : undefined
}

/**
 * The stored results of one run, open for appending. Each record is one write of one line, so a kill loses at most the
 * replicate in flight, and a torn last line is skipped on reading.
 */
export class RunStore {
  readonly place: StorePlace
  /** Records of an earlier part of this run, when resumed. */
  readonly earlier: readonly ResultRecord[]
  readonly #fd: number
  readonly #isNew: boolean
  readonly #lock: RunLock
  #isClosed = false

  /**
   * Locks the place before anything is measured, until {@link close} or {@link abandon}: of two processes that write one
   * run, whatever they are to do with it, the second is refused.
   *
   * @throws `ERR_EXISTS` when the name is taken and is to be refused, or another process writes that run; `ERR_OUTPUT` when
   * nothing can be written there
   */
  constructor(place: StorePlace, onExisting: OnExisting) {
    checkName(place.name)
    const path = resultsPath(place)
    this.place = place
    try {
      makeFolder(place.dir)
      this.#lock = new RunLock(path)
    } catch (error) {
      throw error instanceof SpscError ? error : outputError(path, error)
    }
    try {
      const isUnbegun = this.#lock.wasLeftOver && isEmpty(path)
      if (onExisting === 'replace' || isUnbegun) {
        for (const old of [path, manifestPath(place)]) rmSync(old, { force: true })
      }
      const text = onExisting === 'resume' && existsSync(path) ? readFileSync(path, 'utf8') : ''
      this.earlier = text
        .split('\n')
        .map(parseRecord)
        .filter((record) => record !== undefined)
      this.#isNew = !existsSync(path)
      this.#fd = openSync(path, onExisting === 'resume' ? 'a' : 'ax')
      if (text !== '' && !text.endsWith('\n')) writeSync(this.#fd, '\n')
    } catch (error) {
      this.#lock.release()
      if ((error as NodeJS.ErrnoException).code === 'EEXIST' && existsSync(path)) {
        throw new SpscError(
          'ERR_EXISTS',
          'store',
          `${path} exists; choose another --name, --resume it or --force to replace it`,
        )
      }
      throw outputError(path, error)
    }
  }

  /** Leaves no trace of a run that has not begun. */
  abandon(): void {
    this.#isClosed = true
    closeSync(this.#fd)
    if (this.#isNew) rmSync(resultsPath(this.place), { force: true })
    this.#lock.release()
  }

  /** @throws `ERR_OUTPUT` */
  append(record: ResultRecord): void {
    const line = Buffer.from(`${JSON.stringify(record)}\n`)
    try {
      const written = writeSync(this.#fd, line)
      if (written !== line.length) throw new Error(`only ${written} of ${line.length} bytes fitted`)
    } catch (error) {
      throw outputError(resultsPath(this.place), error)
    }
  }

  /** @throws `ERR_OUTPUT` */
  writeManifest(manifest: unknown): void {
    try {
      replaceFile(manifestPath(this.place), `${JSON.stringify(manifest, null, 2)}\n`)
    } catch (error) {
      throw outputError(manifestPath(this.place), error)
    }
  }

  /** The manifest of a run that is resumed. @throws `ERR_OUTPUT` where it can't be read */
  readManifest(): unknown {
    return readManifest(this.place)
  }

  /** Ends it; closed again, nothing happens. @throws `ERR_OUTPUT` where what was written did not reach the device */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    try {
      fsyncSync(this.#fd)
    } catch (error) {
      // Pipes and devices can't be synced.
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EINVAL' && code !== 'ENOTSUP') throw outputError(resultsPath(this.place), error)
    } finally {
      closeSync(this.#fd)
      this.#lock.release()
    }
  }
}
