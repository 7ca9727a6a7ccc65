// Compiles the addon into dist, where the package carries it: dist/spsc-PLATFORM-ARCH.node. No install script runs on a
// user's machine. Where there is no compiler the JavaScript is built all the same, and says what is missing when used.
// Heeds CXX, CXXFLAGS (after the own flags, before the own include path) and SPSC_ADDON_OUT, a file to write instead.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const say = (message) => process.stderr.write(`[spsc] [queue-native] ${message}\n`)

const compiler = process.env.CXX ?? 'g++'
if (process.platform !== 'linux') {
  say(`addon not built: it is for Linux, this is ${process.platform}`)
} else if (spawnSync(compiler, ['--version']).status !== 0) {
  say(`addon not built: ${compiler} is not installed; install g++ or set CXX, then npm run build`)
} else {
  const headers = createRequire(import.meta.url)('node-api-headers').include_dir
  const target = process.env.SPSC_ADDON_OUT ?? join(root, `dist/spsc-${process.platform}-${process.arch}.node`)
  mkdirSync(dirname(target), { recursive: true })
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
  ]
  const extra = (process.env.CXXFLAGS ?? '').split(' ').filter((flag) => flag !== '')
  const sources = [join(root, 'src/addon/addon.cc')]
  const includes = [`-I${join(root, 'include')}`, `-I${headers}`]
  const { status } = spawnSync(compiler, [...options, ...extra, ...includes, ...sources, '-o', target], {
    stdio: 'inherit',
  })
  if (status !== 0) {
    say(`addon not built: ${compiler} failed, its output is above`)
    process.exitCode = 1
  }
}
