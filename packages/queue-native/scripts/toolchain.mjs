// What compiles the addon and its tests, and for which machines. Run by itself it prints what of that is here: nx and
// scripts/setup.mjs build and test anew when it changes, so a compiler installed later is not missed.
// Setup reads this before anything is installed: it imports nothing but Node.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Of the machine we are on. */
export const hostCompiler = process.env.CXX ?? 'g++'

const arm64 = {
  arch: 'arm64',
  compiler: 'aarch64-linux-gnu-g++',
  // The second comes with qemu-user-static.
  emulators: ['qemu-aarch64', 'qemu-aarch64-static'],
  cure: 'install g++-aarch64-linux-gnu and qemu-user, or run scripts/install-arm64-tools.sh as root',
}

/** The machine besides this one that the addon is built for, if any. */
export const crossTarget = process.platform === 'linux' && process.arch === 'x64' ? arm64 : undefined

/** First line of `command --version`; `undefined` where there is no such command, or none that works. */
function versionOf(command) {
  const { status, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' })
  return status === 0 ? stdout.split('\n')[0] : undefined
}

export const isThere = (command) => versionOf(command) !== undefined

/** Why programs for `crossTarget` can't be compiled and run here, if so. */
export function whyNotEmulated() {
  if (crossTarget === undefined) return `nothing to cross-compile for on ${process.platform}-${process.arch}`
  const { compiler, emulators, cure } = crossTarget
  if (!isThere(compiler)) return `no ${compiler} here; ${cure}`
  if (!emulators.some(isThere)) return `no ${emulators[0]} here; ${cure}`
  return undefined
}

export function describeToolchain() {
  const commands = [hostCompiler, ...(crossTarget ? [crossTarget.compiler, ...crossTarget.emulators] : [])]
  const lines = commands.map((command) => `${command}: ${versionOf(command) ?? 'none'}`)
  return [...lines, `CXXFLAGS: ${process.env.CXXFLAGS ?? ''}`].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(describeToolchain())
