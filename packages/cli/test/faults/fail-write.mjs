// `node --import fail-write.mjs bin/spsc.js …` fails the write number SPSC_FAIL_AT, from 1, of those that go to the folder
// SPSC_FAIL_IN, by the error SPSC_FAIL_CODE. What was to be written in one piece is written to its half first, as on a
// device that fills up. At the end it writes how many writes there were, and which failed, to SPSC_FAIL_LOG.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { resolve, sep } from 'node:path'

const { SPSC_FAIL_AT: at, SPSC_FAIL_IN: folder, SPSC_FAIL_CODE: code, SPSC_FAIL_LOG: log } = process.env
// The processes of replicates inherit the option, not the fault.
for (const name of ['AT', 'IN', 'CODE', 'LOG']) delete process.env[`SPSC_FAIL_${name}`]

let writes = 0
let failed

/** Files that are open there, by descriptor. */
const open = new Map()
const isThere = (path) => typeof path === 'string' && `${resolve(path)}${sep}`.startsWith(`${resolve(folder)}${sep}`)

/** Whether this write is the one that fails. */
function isDue(call, path) {
  writes++
  if (writes !== Number(at)) return false
  failed = `${call} ${path}`
  return true
}

function fault(call, path) {
  const text = code === 'ENOSPC' ? 'no space left on device' : 'i/o error'
  return Object.assign(new Error(`${code}: ${text}, ${call} '${path}'`), { code, syscall: call, path })
}

const half = (data) => data.slice(0, Math.floor(data.length / 2))

/** Calls that fail as a whole. */
function wrap(target, name, call, pathOf = (args) => args[0]) {
  const original = target[name]
  target[name] = (...args) => {
    const path = pathOf(args)
    if (!isThere(path) || !isDue(call, path)) return original(...args)
    const error = fault(call, path)
    if (target === fs) throw error
    return Promise.reject(error)
  }
}

const isForWriting = (flags) => typeof flags === 'string' && /[wa+x]/.test(flags)

function install() {
  const { openSync, closeSync, writeSync, writeFileSync } = fs
  const { writeFile } = fs.promises
  fs.openSync = (path, flags, ...rest) => {
    if (isThere(path) && isForWriting(flags) && isDue('open', path)) throw fault('open', path)
    const fd = openSync(path, flags, ...rest)
    if (isThere(path)) open.set(fd, path)
    return fd
  }
  fs.closeSync = (fd) => {
    open.delete(fd)
    return closeSync(fd)
  }
  fs.writeSync = (fd, data, ...rest) => {
    if (!open.has(fd) || !isDue('write', open.get(fd))) return writeSync(fd, data, ...rest)
    const written = writeSync(fd, half(data), ...rest)
    // A disk that is full takes what fits, and says so; one that is broken fails.
    if (code === 'ENOSPC') return written
    throw fault('write', open.get(fd))
  }
  fs.writeFileSync = (path, data, ...rest) => {
    if (!isThere(path) || !isDue('write', path)) return writeFileSync(path, data, ...rest)
    writeFileSync(path, half(data), ...rest)
    throw fault('write', path)
  }
  fs.promises.writeFile = async (path, data, ...rest) => {
    if (!isThere(path) || !isDue('write', path)) return writeFile(path, data, ...rest)
    await writeFile(path, half(data), ...rest)
    throw fault('write', path)
  }
  for (const target of [fs, fs.promises]) {
    const end = target === fs ? 'Sync' : ''
    wrap(target, `mkdir${end}`, 'mkdir')
    wrap(target, `rename${end}`, 'rename', (args) => args[1])
  }
  wrap(fs, 'fsyncSync', 'fsync', ([fd]) => open.get(fd))
  syncBuiltinESMExports()
  process.on('exit', () => writeFileSync(log, JSON.stringify({ writes, failed })))
}

if (at !== undefined) install()
