import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { SpscError } from '@spsc/core'

/** Whether a process of this machine is there, whoever it belongs to. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * What the kernel says of a process (proc(5), stat): its state, and when it began, in ticks since the machine did;
 * `undefined` where that can't be read.
 */
function statOf(pid: number): { readonly state: string; readonly started: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] as string, started: fields[19] as string }
  } catch {
    return undefined
  }
}

/** Who writes the results of a run. With `started` a later process of the same number is not taken for it. */
export interface Holder {
  readonly pid: number
  readonly host: string
  readonly started?: string
}

function self(): Holder {
  const stat = statOf(process.pid)
  return { pid: process.pid, host: hostname(), ...(stat && { started: stat.started }) }
}

/** `undefined` where there is no lock, or nobody's name in it. */
function holderOf(path: string): Holder | undefined {
  try {
    const { pid, host, started } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host, ...(started && { started }) } : undefined
  } catch {
    return undefined
  }
}

/** A process of another machine may live: nobody here can tell. */
function isGone({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) return false
  if (!isAlive(pid)) return true
  const stat = statOf(pid)
  if (stat === undefined) return false
  // One that has ended, and whose parent has not asked how, is still a process.
  return stat.state === 'Z' || (started !== undefined && stat.started !== started)
}

/** Whether a lock is there whose process is gone: it was killed. */
export function isLeftOver(path: string): boolean {
  const holder = holderOf(path)
  return holder !== undefined && isGone(holder)
}

/** Takes a lock away that is left over. @returns whether it may be gone now */
function takeAway(path: string): boolean {
  if (!existsSync(path)) return true
  if (!isLeftOver(path)) return false
  const mine = `${path}.${process.pid}.tmp`
  try {
    renameSync(path, mine)
  } catch {
    // Somebody else was first.
    return true
  }
  // Between the look and the grip it may have become somebody's.
  if (isLeftOver(mine)) rmSync(mine, { force: true })
  else renameSync(mine, path)
  return true
}

/** @returns false where there is one already. @throws the error of the file system, and leaves nothing */
function makeLock(path: string): boolean {
  let file: number
  try {
    file = openSync(path, 'wx')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  try {
    const text = JSON.stringify(self())
    const written = writeSync(file, text)
    if (written !== Buffer.byteLength(text)) throw new Error(`only ${written} of its bytes fitted`)
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
  return true
}

function heldError(path: string, results: string): SpscError {
  const holder = holderOf(path)
  const who = holder === undefined ? 'another process' : `process ${holder.pid} of ${holder.host}`
  const message = `${results} is being written by ${who}; wait for it or choose another --name; if it is gone, remove ${path}`
  return new SpscError('ERR_EXISTS', 'store', message)
}

export function lockOf(results: string): string {
  return `${results}.lock`
}

/**
 * The lock of a run's results, `NAME_results.ndjson.lock`, there while they are written. What a killed process leaves is
 * taken over.
 */
export class RunLock {
  readonly #path: string
  /** Whether a process that was killed had it. */
  readonly wasLeftOver: boolean

  /** @throws `ERR_EXISTS` where a process has it; the error of the file system where none can be made */
  constructor(results: string) {
    this.#path = lockOf(results)
    this.wasLeftOver = isLeftOver(this.#path)
    while (!makeLock(this.#path)) if (!takeAway(this.#path)) throw heldError(this.#path, results)
  }

  release(): void {
    rmSync(this.#path, { force: true })
  }
}
