// Compiles the addon into dist, where the package carries it: dist/spsc-PLATFORM-ARCH.node. No install script runs on a
// user's machine. Where there is no compiler the JavaScript is built all the same, and says what is missing when used.
// On an x64 machine the addon for arm64 is compiled too, at the same time, where there is a cross compiler.
// Heeds CXX, CXXFLAGS (after the own flags, before the own include path) and SPSC_ADDON_OUT, a file to write instead:
// all three are about the addon of this machine, and with SPSC_ADDON_OUT no other is built.
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crossTarget, hostCompiler, isThere } from './toolchain.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const say = (message) => process.stderr.write(`[spsc] [queue-native] ${message}\n`)

const options = [
  '-std=c++20',
  '-O3',
  '-DNDEBUG',
  '-fPIC',
  '-shared',
  '-pthread',
  '-fvisibility=hidden',
  '-Wall',
  '-Wextra',
  // A multiplication and an addition stay two: arm64 would fuse them, and round arrivals otherwise than JavaScript does.
  '-ffp-contract=off',
]

async function compile(compiler, target, extra = []) {
  const headers = createRequire(import.meta.url)('node-api-headers').include_dir
  const sources = [join(root, 'src/addon/addon.cc')]
  const includes = [`-I${join(root, 'include')}`, `-I${headers}`]
  mkdirSync(dirname(target), { recursive: true })
  const child = spawn(compiler, [...options, ...extra, ...includes, ...sources, '-o', target], { stdio: 'inherit' })
  const status = await new Promise((resolve) => child.on('error', resolve).on('close', resolve))
  if (status === 0) return
  say(`addon not built: ${compiler} failed, its output is above`)
  process.exitCode = 1
}

const inDist = (arch) => join(root, `dist/spsc-${process.platform}-${arch}.node`)

async function buildHost() {
  if (process.platform !== 'linux') return say(`addon not built: it is for Linux, this is ${process.platform}`)
  if (!isThere(hostCompiler)) {
    return say(`addon not built: ${hostCompiler} is not installed; install g++ or set CXX, then npm run build`)
  }
  const extra = (process.env.CXXFLAGS ?? '').split(' ').filter((flag) => flag !== '')
  await compile(hostCompiler, process.env.SPSC_ADDON_OUT ?? inDist(process.arch), extra)
}

async function buildCross() {
  if (crossTarget === undefined || process.env.SPSC_ADDON_OUT !== undefined) return
  const { arch, compiler, cure } = crossTarget
  if (!isThere(compiler)) return say(`addon for ${arch} skipped: ${compiler} is not installed; ${cure}`)
  await compile(compiler, inDist(arch))
}

await Promise.all([buildHost(), buildCross()])
