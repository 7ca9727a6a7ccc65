// Makes a fresh clone ready: installs what the lock file asks for and, with --build, builds what is missing or stale.
// Runs before anything is installed, so what it imports needs nothing but Node, and does nothing when nothing changed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { describeToolchain } from '../packages/queue-native/scripts/toolchain.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const buildStamp = join(root, 'node_modules/.cache/spsc/build')

const say = (message) => process.stderr.write(`[spsc] [setup] ${message}\n`)

function fail(message, exitCode = 1) {
  say(message)
  process.exit(exitCode)
}

const read = (path) => readFileSync(join(root, path), 'utf8')

/** Parsed JSON, or `undefined` where the file is missing or torn. */
function readJson(path) {
  try {
    return JSON.parse(read(path))
  } catch {
    return undefined
  }
}

function requireNode() {
  const wanted = readJson('package.json').engines.node.replace('>=', '')
  const [wantedMajor, wantedMinor] = wanted.split('.').map(Number)
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return
  fail(`this is Node ${process.versions.node}; allowed: ${wanted} or newer; install one and try again`)
}

/** Runs `command` in the root; on failure prints what it printed and ends this process. */
function run(what, command, args) {
  say(`${what} …`)
  const begin = performance.now()
  const child = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true' },
    maxBuffer: 1 << 28,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  if (child.status === 0) return say(`${what}: done in ${seconds} s`)
  const line = [command, ...args].join(' ')
  if (child.error) fail(`${what}: \`${line}\` can't be run: ${child.error.message}`)
  process.stderr.write(child.stdout + child.stderr)
  const how = child.signal ? `signal ${child.signal}` : `exit code ${child.status}`
  fail(`${what} failed after ${seconds} s: \`${line}\` ended with ${how}; its output is above`)
}

/**
 * Whether node_modules holds what the lock file asks for, by the record that npm itself keeps there: a plain `npm ci`
 * or `npm install` counts too, and an interrupted one does not, since npm writes the record last.
 */
function isInstalled() {
  const wanted = readJson('package-lock.json')?.packages
  if (!wanted) fail('package-lock.json is missing or is no JSON; restore it with `git checkout package-lock.json`')
  const present = readJson('node_modules/.package-lock.json')?.packages
  if (!present) return false
  return Object.entries(wanted).every(([path, want]) => {
    if (path === '') return true
    const have = present[path]
    // npm leaves out the optional packages that are made for other platforms.
    if (!have) return want.optional === true
    return ['version', 'integrity', 'bin'].every((key) => isDeepStrictEqual(have[key], want[key]))
  })
}

/** Paths of all files under `folder`, sorted, leaving out what is called `except`; none where it does not exist. */
function filesUnder(folder, except = []) {
  let entries
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true })
  } catch {
    return []
  }
  return entries
    .filter(({ name }) => !except.includes(name))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`
      return entry.isDirectory() ? filesUnder(path, except) : [path]
    })
    .sort()
}

const packages = () =>
  readdirSync(join(root, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `packages/${entry.name}`)

function digest(paths, describe) {
  const hash = createHash('sha256')
  for (const path of paths) hash.update(`${path}\0${describe(path)}\0`)
  return hash.digest('hex')
}

/** Everything a build depends on, by content. */
function digestOfSources() {
  const ofPackages = packages().flatMap((folder) => filesUnder(folder, ['dist', 'node_modules', 'test']))
  return digest([...ofPackages, 'package-lock.json', 'tsconfig.base.json', 'tsup.config.ts'], read)
}

/** What was built, by size and time: any other build of any package, also by hand, makes it differ. */
function digestOfBuilt() {
  return digest(
    packages().flatMap((folder) => filesUnder(`${folder}/dist`)),
    (path) => {
      const { size, mtimeMs } = statSync(join(root, path))
      return `${size} ${mtimeMs}`
    },
  )
}

function lastBuild() {
  try {
    return readFileSync(buildStamp, 'utf8')
  } catch {
    return ''
  }
}

function install() {
  if (isInstalled()) return
  run('installing dependencies', 'npm', ['ci', '--include=dev', '--loglevel=error'])
}

/** nx would find out by itself what is stale; the stamp saves its start-up, over a second, when nothing is. */
function build() {
  const sources = digestOfSources()
  const toolchain = describeToolchain()
  const stamp = () => `${sources}\n${digestOfBuilt()}\n${toolchain}\n`
  if (lastBuild() === stamp()) return
  run('building packages', join(root, 'node_modules/.bin/nx'), ['run-many', '-t', 'build'])
  mkdirSync(dirname(buildStamp), { recursive: true })
  writeFileSync(buildStamp, stamp())
}

requireNode()
const unknown = process.argv.slice(2).filter((argument) => argument !== '--build')
if (unknown.length > 0) fail(`unknown argument ${unknown.join(' ')}; allowed: --build`, 2)
install()
if (process.argv.includes('--build')) build()
