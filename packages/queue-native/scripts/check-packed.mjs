// Says which addons the packed tarball carries, and fails where one that was built is not among them; with --all, as
// before a release, where any is missing that users are promised.
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crossTarget } from './toolchain.mjs'

const promised = ['spsc-linux-x64.node', 'spsc-linux-arm64.node']

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const built = readdirSync(join(root, 'dist')).filter((name) => name.endsWith('.node'))
const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8' })
const packed = JSON.parse(output)[0].files.map(({ path }) => path)

const wanted = process.argv.includes('--all') ? promised : built
const missing = wanted.filter((name) => !packed.includes(`dist/${name}`))
if (missing.length > 0) {
  const cure = crossTarget?.cure ?? 'on Linux on x86-64 both can be built'
  console.error(`[spsc] [queue-native] the tarball lacks ${missing.join(', ')}; ${cure}, then npm run build`)
  process.exitCode = 1
} else {
  const unbuilt = promised.filter((name) => !built.includes(name))
  const note = unbuilt.length > 0 ? `; not built here: ${unbuilt.join(', ')}` : ''
  console.log(`addons in the tarball: ${built.join(', ') || 'none'}${note}`)
}
