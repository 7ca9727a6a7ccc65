import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { GuestEntry, GuestTree } from './guest-tree.js'

// The "new ASCII" archive that Linux unpacks at boot: Documentation/driver-api/early-userspace/buffer-format.rst.

const MODES = { folder: 0o040755, link: 0o120777, file: 0o100644, text: 0o100644 } as const
const TRAILER = 'TRAILER!!!'

function padded(bytes: Buffer): Buffer {
  const gap = -bytes.length & 3
  return gap === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(gap)])
}

function contentOf(entry: GuestEntry): Buffer {
  if (entry.kind === 'file') return readFileSync(entry.source)
  if (entry.kind === 'text') return Buffer.from(entry.text)
  return Buffer.from(entry.kind === 'link' ? entry.target : '')
}

/** Owner, times and devices are 0: the same files make the same archive. */
function header(name: string, mode: number, inode: number, size: number): Buffer {
  const links = 1
  const nameBytes = Buffer.byteLength(name) + 1
  const fields = [inode, mode, 0, 0, links, 0, size, 0, 0, 0, 0, nameBytes, 0]
  const hex = fields.map((field) => field.toString(16).padStart(8, '0').toUpperCase()).join('')
  return padded(Buffer.from(`070701${hex}${name}\0`))
}

function* piecesOf(tree: GuestTree): Generator<Buffer, void, undefined> {
  let inode = 1
  for (const [path, entry] of tree.entries()) {
    const content = contentOf(entry)
    const executable = 'executable' in entry && entry.executable ? 0o111 : 0
    yield header(path.slice(1), MODES[entry.kind] | executable, inode++, content.length)
    yield padded(content)
  }
  yield header(TRAILER, 0, 0, 0)
}

/** Writes a tree as an initial RAM disk. Several, one after the other in one file, are unpacked over each other. */
export function writeCpio(tree: GuestTree, path: string): void {
  const file = openSync(path, 'wx')
  try {
    for (const piece of piecesOf(tree)) {
      for (let done = 0; done < piece.length; ) done += writeSync(file, piece, done)
    }
  } finally {
    closeSync(file)
  }
}
