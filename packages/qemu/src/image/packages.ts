import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { SpscError } from '@spsc/core'
import type { GuestTree } from './guest-tree.js'

/** Where packages stand in the guest, each in a folder of its own, with links to those that it depends on:
 *
 *     /spsc/@spsc+lab@0.0.0/dist/index.js
 *     /spsc/@spsc+lab@0.0.0/node_modules/@spsc/core -> /spsc/@spsc+core@0.0.0
 */
const ROOT = '/spsc'
/** More is no plug-in but the folder of somebody's work. */
const MAX_PACKAGE_BYTES = 64 * 2 ** 20
const LEFT_OUT = /\.(?:map|d\.[cm]?ts|tsbuildinfo)$/

interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly files?: readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

function manifestIn(folder: string): Manifest | undefined {
  const path = join(folder, 'package.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Manifest) : undefined
}

/** The folder of the package that a file belongs to: one with a name, since a folder may only say what type its files are. */
function folderOf(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (manifestIn(folder)?.name !== undefined) return folder
    if (folder === dirname(folder)) return dirname(file)
  }
}

/** Names of the packages that one needs. Its optional peers are none: many name TypeScript, which is large, for its types. */
function dependenciesOf({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }: Manifest) {
  const peers = Object.keys({ ...peerDependencies }).filter((name) => !peerDependenciesMeta?.[name]?.optional)
  return [...new Set([...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers])].sort()
}

/** As Node looks for it; `undefined` where it is not installed, as optional ones may be. */
function dependencyOf(folder: string, name: string): string | undefined {
  for (let above = folder; ; above = dirname(above)) {
    const candidate = join(above, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate)
    if (above === dirname(above)) return undefined
  }
}

function isPart(name: string): boolean {
  return name !== 'node_modules' && !name.startsWith('.') && !LEFT_OUT.test(name)
}

/** Files of a package that it runs with, by path within it. */
function* filesIn(folder: string, within = ''): Generator<string, void, undefined> {
  for (const entry of readdirSync(join(folder, within), { withFileTypes: true })) {
    if (!isPart(entry.name)) continue
    const path = join(within, entry.name)
    if (entry.isDirectory()) yield* filesIn(folder, path)
    else if (statSync(join(folder, path), { throwIfNoEntry: false })?.isFile()) yield path
  }
}

/** Whether a package's own list of what it publishes has a file. */
function isListed(files: readonly string[] | undefined, path: string): boolean {
  if (files === undefined) return true
  return files.some((listed) => {
    const plain = listed.replace(/^\.?\//, '').replace(/\/(?:\*\*?)?$/, '')
    return plain.includes('*') || path === plain || path.startsWith(`${plain}${sep}`)
  })
}

/** Packages as the guest is to have them: those that modules are in, and all that they depend on. */
export class GuestPackages {
  readonly #tree: GuestTree
  /** Folder of the guest by folder of the host. */
  readonly #folders = new Map<string, string>()

  constructor(tree: GuestTree) {
    this.#tree = tree
  }

  /**
   * Puts the package of a module into the guest, where it is not there yet.
   *
   * @param url of a file on the host
   * @returns its URL in the guest
   * @throws `ERR_OPTION` where its package is too large to be a plug-in
   */
  add(url: string): string {
    const file = realpathSync(fileURLToPath(url))
    const folder = folderOf(file)
    const path = relative(folder, file)
    const inGuest = this.#addFolder(folder, path)
    return pathToFileURL(join(inGuest, path)).href
  }

  #addFolder(folder: string, needed?: string): string {
    const known = this.#folders.get(folder)
    if (known !== undefined) return known
    const manifest = manifestIn(folder) ?? {}
    const inGuest = this.#freePath(`${manifest.name ?? 'module'}@${manifest.version ?? '0'}`)
    this.#folders.set(folder, inGuest)
    const files = needed === undefined || isListed(manifest.files, needed) ? manifest.files : undefined
    let bytes = 0
    for (const path of filesIn(folder)) {
      if (path !== 'package.json' && !isListed(files, path)) continue
      const source = join(folder, path)
      const { size, mode } = statSync(source)
      bytes += size
      if (bytes > MAX_PACKAGE_BYTES) throw tooLarge(folder)
      this.#tree.add(join(inGuest, path), { kind: 'file', source, size, executable: (mode & 0o100) !== 0 })
    }
    for (const name of dependenciesOf(manifest)) {
      const found = dependencyOf(folder, name)
      if (found === undefined) continue
      this.#tree.add(join(inGuest, 'node_modules', name), { kind: 'link', target: this.#addFolder(found) })
    }
    return inGuest
  }

  #freePath(label: string): string {
    const base = join(ROOT, label.replaceAll('/', '+').replaceAll(/[^A-Za-z0-9@+._-]/g, '-'))
    const taken = new Set(this.#folders.values())
    let path = base
    for (let number = 2; taken.has(path); number++) path = `${base}.${number}`
    return path
  }
}

function tooLarge(folder: string): SpscError {
  return new SpscError(
    'ERR_OPTION',
    'qemu',
    `${folder} holds more than ${MAX_PACKAGE_BYTES / 2 ** 20} MiB and would be copied into the guest, since a module in it is a plug-in; allowed: less; give the plug-in a folder with a package.json of its own`,
  )
}
