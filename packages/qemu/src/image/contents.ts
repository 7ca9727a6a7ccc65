import { fileURLToPath } from 'node:url'
import type { PluginRef } from '@spsc/core'
import { SpscError } from '@spsc/core'
import { GuestTree } from './guest-tree.js'
import { initScript } from './init.js'
import { GuestPackages } from './packages.js'
import { addLibraries, addProgram, onPath } from './programs.js'

/** What the guest is made of, and what modules of the host are called in it. */
export interface Contents {
  readonly tree: GuestTree
  /** @param ref one of those that the contents were made with */
  inGuest(ref: PluginRef): PluginRef
}

const FOLDERS = ['/dev', '/proc', '/sys', '/tmp']
/** Programs that the guest can't do without, and one that it can. */
const NEEDED = ['sh', 'mount']
const WANTED = ['taskset']

/**
 * Gathers the running Node, the laboratory, and plug-ins, each with all that it depends on.
 *
 * @param modules URLs of files of the host
 * @throws `ERR_CAPABILITY` where the host lacks a program that the guest needs
 */
export async function gatherContents(modules: readonly string[]): Promise<Contents> {
  const tree = new GuestTree()
  for (const path of FOLDERS) tree.add(path, { kind: 'folder' })
  const packages = new GuestPackages(tree)
  for (const url of modules) packages.add(url)
  const entry = packages.add(import.meta.resolve('@spsc/qemu/in-guest'))

  const libraries = new Set<string>()
  const note = (folders: readonly string[]) => {
    for (const folder of folders) libraries.add(folder)
  }
  note(await addProgram(tree, 'node', process.execPath))
  for (const name of [...NEEDED, ...WANTED]) {
    const path = onPath(name)
    if (path !== undefined) note(await addProgram(tree, name, path))
    else if (NEEDED.includes(name)) throw missing(name)
  }
  for (const [path, found] of tree.entries()) {
    if (path.endsWith('.node') && found.kind === 'file') note(await addLibraries(tree, found.source))
  }
  tree.add('/init', {
    kind: 'text',
    text: initScript(fileURLToPath(entry), [...libraries].sort()),
    executable: true,
  })
  return {
    tree,
    inGuest: (ref) => ({ ...ref, module: packages.add(ref.module) }),
  }
}

function missing(name: string): SpscError {
  return new SpscError(
    'ERR_CAPABILITY',
    'qemu',
    `this machine has no program ${name}, which the guest needs; install it, or leave out --in qemu`,
  )
}
