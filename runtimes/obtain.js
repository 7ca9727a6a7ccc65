import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const { platform, arch } = process

export const cache = fileURLToPath(new URL('../node_modules/.cache/spsc/runtimes/', import.meta.url))

/** For all that npm has to fetch for one runtime, which is 30 to 50 MB. */
const FETCH_MS = 120_000

/**
 * npm packages that hold nothing but a runtime's binary for this platform, so nothing of them has to be run to install
 * them. Pinned: what a check says depends on this tree alone.
 */
const PACKAGES = {
  node20: { package: `node-${platform}-${arch}`, version: '20.20.2', binary: 'bin/node' },
  node22: { package: `node-${platform}-${arch}`, version: '22.23.3', binary: 'bin/node' },
  node24: { package: `node-${platform}-${arch}`, version: '24.21.0', binary: 'bin/node' },
  deno: {
    package: platform === 'linux' ? `@deno/linux-${arch}-glibc` : `@deno/${platform}-${arch}`,
    version: '2.9.6',
    binary: 'deno',
  },
  bun: {
    package: `@oven/bun-${platform}-${arch === 'arm64' ? 'aarch64' : arch}`,
    version: '1.4.5',
    binary: 'bin/bun',
  },
}

export const obtainable = Object.keys(PACKAGES)

/** npm's own words for what went wrong, in one line. */
function npmReason({ killed, stderr = '', message }) {
  if (killed) return `no answer within ${FETCH_MS / 1000} s`
  const lines = stderr.split('\n').filter((line) => line.startsWith('npm error'))
  const summary = lines.map((line) => line.replace(/^npm error (code )?/, '').trim()).filter(Boolean)
  return summary.slice(0, 2).join(': ') || message
}

/** Installs into a folder beside the final one, then renames it: what is there is whole. */
async function install(folder, spec) {
  await mkdir(dirname(folder), { recursive: true })
  const fresh = await mkdtemp(`${folder}.`)
  try {
    await writeFile(join(fresh, 'package.json'), '{ "private": true }\n')
    const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error', '--fetch-retries=1']
    const npm = ['install', '--prefix', fresh, '--no-workspaces', '--ignore-scripts', '--no-save', ...quiet, spec]
    await run('npm', npm, { cwd: fresh, timeout: FETCH_MS, shell: platform === 'win32' })
    await rename(fresh, folder)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

/**
 * The binary of a runtime: this process's own where it is that one, else from the cache or the registry.
 *
 * @param {string} name one of {@link obtainable}
 * @returns {Promise<{ binary: string, version: string } | { skipped: string }>}
 */
export async function obtain(name) {
  if (name === `node${process.versions.node.split('.')[0]}`) {
    return { binary: process.execPath, version: process.versions.node }
  }
  const { package: wanted, version, binary } = PACKAGES[name]
  const folder = join(cache, `${name}@${version}`)
  const path = join(folder, 'node_modules', wanted, binary)
  const spec = `${wanted}@${version}`
  try {
    await access(path).catch(() => install(folder, spec))
  } catch (error) {
    return { skipped: `npm can't install ${spec}: ${npmReason(error)}` }
  }
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 30_000 })
    return { binary: path, version: /\d+\.\d+\.\d+/.exec(stdout)[0] }
  } catch (error) {
    return { skipped: `${spec} doesn't run on this machine: ${error.message.split('\n')[0]}` }
  }
}
