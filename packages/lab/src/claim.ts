import { readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { hostname } from 'node:os'

/** Whether a process of this machine is there, whoever it belongs to. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** What stands in the place of a manifest until there is one: a guest that boots takes a minute. */
export interface Claim {
  readonly claimed_by: { readonly pid: number; readonly host: string }
}

export function ownClaim(): Claim {
  return { claimed_by: { pid: process.pid, host: hostname() } }
}

/** Files of a run that is claimed and has no record. */
export interface ClaimedFiles {
  readonly results: string
  readonly manifest: string
}

/**
 * Whether a run's name is only claimed, by a process that is gone: it was killed before it had measured anything. One of
 * another machine may live.
 */
export function isLeftOver({ results, manifest }: ClaimedFiles): boolean {
  try {
    if (statSync(results).size > 0) return false
    const { claimed_by } = JSON.parse(readFileSync(manifest, 'utf8')) as Partial<Claim>
    return claimed_by !== undefined && claimed_by.host === hostname() && !isAlive(claimed_by.pid)
  } catch {
    return false
  }
}

/** Removes such a claim. @returns whether it was there, and nobody else was first */
export function removeLeftOver(files: ClaimedFiles): boolean {
  if (!isLeftOver(files)) return false
  const mine = `${files.manifest}.${process.pid}.tmp`
  try {
    // Of several that find it, one can rename it.
    renameSync(files.manifest, mine)
  } catch {
    return false
  }
  rmSync(files.results, { force: true })
  rmSync(mine, { force: true })
  return true
}
