// Compiles capture.cc into build/capture.node where that is older than its source. g++ with C++20 is all it takes.
import { spawnSync } from 'node:child_process'
import { mkdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const require = createRequire(import.meta.url)
const source = join(here, 'capture.cc')
const target = join(here, 'build/capture.node')

/** Builds the addon if need be, and gives its path. Throws where there is no compiler. */
export function build() {
  const age = statSync(target, { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (age > statSync(source).mtimeMs) return target
  mkdirSync(dirname(target), { recursive: true })
  // The ring's header comes with the package; Node-API's with node-api-headers.
  const ring = join(dirname(require.resolve('@spsc/queue-native/package.json')), 'include')
  const nodeApi = require('node-api-headers').include_dir
  const options = ['-std=c++20', '-O3', '-fPIC', '-shared', '-pthread', '-Wall', '-Wextra', `-I${ring}`, `-I${nodeApi}`]
  const { status, error } = spawnSync('g++', [...options, source, '-o', target], { stdio: 'inherit' })
  if (error) throw new Error('g++ is not installed; install g++ 12 or newer')
  if (status !== 0) throw new Error('capture.cc does not compile, see above')
  return target
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(build())
