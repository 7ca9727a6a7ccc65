import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { dirname } from 'node:path'

const CHUNK = 2 ** 20

/** What stands at one path of the guest. */
export type GuestEntry =
  | { readonly kind: 'folder' }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'file'; readonly source: string; readonly size: number; readonly executable: boolean }
  | { readonly kind: 'text'; readonly text: string; readonly executable: boolean }

/** The guest's file tree before it is an image: absolute paths of the guest, and where each comes from. */
export class GuestTree {
  readonly #entries = new Map<string, GuestEntry>()

  /** Puts an entry, and the folders above it. One that is there already stays. */
  add(path: string, entry: GuestEntry): void {
    if (this.#entries.has(path)) return
    if (path !== '/' && dirname(path) !== '/') this.add(dirname(path), { kind: 'folder' })
    this.#entries.set(path, entry)
  }

  /** A folder stands before what is in it. */
  entries(): readonly (readonly [path: string, entry: GuestEntry])[] {
    return [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1))
  }

  /** Bytes of all files. */
  get bytes(): number {
    return this.entries().reduce((sum, [, entry]) => sum + sizeOf(entry), 0)
  }

  /** SHA-256 over all paths and contents. */
  async digest(): Promise<string> {
    const hash = createHash('sha256')
    for (const [path, entry] of this.entries()) {
      const { kind } = entry
      hash.update(`${path}\0${kind}\0${'executable' in entry ? entry.executable : ''}\0${sizeOf(entry)}\0`)
      if (kind === 'link') hash.update(`${entry.target}\0`)
      if (kind === 'text') hash.update(entry.text)
      if (kind !== 'file') continue
      // A buffer of this size is made for each file, and most files are small.
      const highWaterMark = Math.min(CHUNK, entry.size + 1)
      for await (const chunk of createReadStream(entry.source, { highWaterMark })) hash.update(chunk)
    }
    return hash.digest('hex')
  }
}

function sizeOf(entry: GuestEntry): number {
  if (entry.kind === 'file') return entry.size
  return entry.kind === 'text' ? Buffer.byteLength(entry.text) : 0
}
