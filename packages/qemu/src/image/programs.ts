import { existsSync, realpathSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { runTool, systemEnv } from '../tools.js'
import type { GuestTree } from './guest-tree.js'

/** Where the guest's programs are. */
const BIN = '/bin'

/** A program of the host by name. */
export function onPath(name: string): string | undefined {
  return systemEnv()
    .PATH.split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))
}

/** The shared libraries that a program or addon is linked with, where the loader finds them; none where it is static. */
export async function librariesOf(file: string): Promise<readonly string[]> {
  const cure = 'it tells which shared libraries the guest needs, and is in Debian’s package libc-bin'
  const said = await runTool('ldd', [file], { cure })
  return said.stdout.split('\n').flatMap((line) => {
    const path = /(?:=>\s*|^\s+)(\/\S+) \(0x/.exec(line)?.[1]
    return path === undefined ? [] : [path]
  })
}

/** Puts shared libraries where the guest's loader looks for them: the same place. @returns their folders */
export async function addLibraries(tree: GuestTree, file: string): Promise<readonly string[]> {
  const libraries = await librariesOf(file)
  for (const path of libraries) {
    const source = realpathSync(path)
    tree.add(path, { kind: 'file', source, size: statSync(source).size, executable: true })
  }
  return libraries.map((path) => dirname(path))
}

/** Puts a program with its libraries into the guest. @returns the folders of its libraries */
export async function addProgram(tree: GuestTree, name: string, path: string): Promise<readonly string[]> {
  const source = realpathSync(path)
  tree.add(join(BIN, name), { kind: 'file', source, size: statSync(source).size, executable: true })
  return addLibraries(tree, source)
}
