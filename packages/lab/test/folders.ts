import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'

/** An empty folder that is gone after the test. */
export function folder(t: ExecutionContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'spsc-lab-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

function mount(t: ExecutionContext, options: string): string {
  const dir = folder(t)
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dir], { stdio: 'pipe' })
  t.teardown(() => execFileSync('umount', ['-l', dir], { stdio: 'pipe' }))
  return dir
}

/** Why no file system can be mounted here; `undefined` where it can. */
function findMountObstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'mounting needs root'
  const dir = mkdtempSync(join(tmpdir(), 'spsc-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir], { stdio: 'pipe' })
    execFileSync('umount', [dir], { stdio: 'pipe' })
    return undefined
  } catch (error) {
    return `mount failed: ${(error as Error).message.trim().replaceAll('\n', ' ')}`
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

export const mountObstacle = findMountObstacle()

/** A device of 64 KiB. */
export function smallDevice(t: ExecutionContext): string {
  return mount(t, 'size=64k')
}

/** A folder nobody may write to. Permissions don't hold root back, so root gets a read-only device. */
export function readOnlyFolder(t: ExecutionContext): string {
  if (process.getuid?.() === 0) return mount(t, 'size=64k,ro')
  const dir = folder(t)
  chmodSync(dir, 0o555)
  return dir
}
