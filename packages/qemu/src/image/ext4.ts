import { chmodSync, constants, copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cureOf, MKE2FS, runTool } from '../tools.js'
import type { GuestEntry, GuestTree } from './guest-tree.js'

/** Beyond the files: what the file system keeps for itself. */
const SPARE_BYTES = 8 * 2 ** 20
const BLOCK = 4096

function stage(path: string, entry: GuestEntry): void {
  if (entry.kind === 'folder') mkdirSync(path)
  else if (entry.kind === 'link') symlinkSync(entry.target, path)
  else {
    if (entry.kind === 'file') copyFileSync(entry.source, path, constants.COPYFILE_FICLONE)
    else writeFileSync(path, entry.text)
    chmodSync(path, entry.executable ? 0o755 : 0o644)
  }
}

/** Bytes of the image that a tree makes. */
export function ext4Bytes(tree: GuestTree): number {
  // Each entry has an inode, and a file its last block half empty.
  const files = tree.entries().reduce((sum, [, entry]) => {
    const size = entry.kind === 'file' ? entry.size : 0
    return sum + Math.ceil(size / BLOCK) * BLOCK + BLOCK
  }, 0)
  return Math.ceil((files * 1.03 + SPARE_BYTES) / 2 ** 20) * 2 ** 20
}

/**
 * Writes a tree as an ext4 file system, without being root.
 *
 * @param work an empty folder on the same disk
 * @throws `ERR_CAPABILITY` without `mke2fs`; a plain error that says why where it fails
 */
export async function writeExt4(
  tree: GuestTree,
  path: string,
  { work, signal }: { readonly work: string; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const root = join(work, 'root')
  mkdirSync(root)
  for (const [inGuest, entry] of tree.entries()) stage(join(root, inGuest), entry)
  // No journal, since the guest only reads it; no room kept for root.
  const args = ['-q', '-F', '-t', 'ext4', '-O', '^has_journal', '-m', '0', '-b', String(BLOCK), '-d', root, path]
  const options = { cure: cureOf(MKE2FS), timeoutS: 120, signal }
  const { code, stderr } = await runTool(MKE2FS.program, [...args, `${ext4Bytes(tree) / 1024}k`], options)
  if (code !== 0) throw new Error(`mke2fs: ${/(?:mke2fs: )?(.*)$/.exec(stderr.trim())?.[1]}`)
  rmSync(root, { recursive: true, force: true })
}
