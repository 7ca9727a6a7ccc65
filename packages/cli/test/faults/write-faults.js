// A run of which one write fails, for each write there is.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseRecord } from '@spsc/core'

const BIN = fileURLToPath(new URL('../../bin/spsc.js', import.meta.url))
const HOOK = new URL('./fail-write.mjs', import.meta.url).href
const REPLICATES = 2
const DEADLINE_MS = 50_000

/** The errors that a device gives. */
export const CODES = ['ENOSPC', 'EIO']

function run(folder, environment) {
  const options = [
    '--duration',
    '0.02',
    '--warmup',
    '0',
    '--replicates',
    String(REPLICATES),
    '--name',
    'mine',
    '--quiet',
  ]
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NODE_OPTIONS: '', ...environment }
    const child = spawn(process.execPath, ['--import', HOOK, BIN, 'run', ...options, '--out', 'csv=more.csv'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const late = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS)
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (status, signal) => {
      clearTimeout(late)
      resolve({ status: status ?? signal, stderr })
    })
  })
}

/**
 * Runs once with the write number `at`, from 1, failing by `code`; 0: none fails.
 *
 * @returns what was called, how many writes there were, and what is wrong with how that was met: nothing, if all is well
 */
export async function runWithFault(at, code) {
  const folder = mkdtempSync(join(tmpdir(), 'spsc-write-fault-'))
  try {
    const log = join(folder, 'log.json')
    const work = join(folder, 'work')
    const out = join(work, 'result_data')
    mkdirSync(work)
    const { status, stderr } = await run(work, {
      SPSC_FAIL_AT: String(at),
      SPSC_FAIL_IN: work,
      SPSC_FAIL_CODE: code,
      SPSC_FAIL_LOG: log,
    })
    const { writes, failed } = JSON.parse(readFileSync(log, 'utf8'))
    return { writes, failed, wrong: at === 0 ? wrongWithout(status, stderr) : wrongWith(status, stderr, out, failed) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function wrongWithout(status, stderr) {
  return status === 0 ? [] : [`ended with ${status}: ${stderr}`]
}

function filesIn(out) {
  try {
    return readdirSync(out)
  } catch {
    return []
  }
}

function wrongWith(status, stderr, out, failed) {
  const wrong = []
  if (failed === undefined) wrong.push('no write failed')
  if (![2, 3].includes(status)) wrong.push(`ended with ${status}`)
  const lines = stderr.split('\n').slice(0, -1)
  if (lines.length === 0) wrong.push('nothing was said')
  for (const line of lines)
    if (!/^\[spsc\] \[[a-z ]+\] .*(can't be written|ENOSPC|EIO)/.test(line)) wrong.push(`said: ${line}`)
  const files = filesIn(out)
  for (const file of files) if (file.endsWith('.tmp')) wrong.push(`left ${file}`)
  if (files.includes('mine_results.ndjson')) {
    const text = readFileSync(join(out, 'mine_results.ndjson'), 'utf8')
    const records = text.split('\n').map(parseRecord)
    const torn = text === '' ? 0 : records.slice(0, -1).filter((record) => record === undefined).length
    if (torn > 0) wrong.push(`${torn} lines that are no record before the last`)
    // Where a later write failed, all that was measured is there.
    const stored = records.filter((record) => record !== undefined).length
    if (!/results\.ndjson|manifest\.json/.test(failed) && stored !== REPLICATES)
      wrong.push(`${stored} of ${REPLICATES} stored`)
  }
  return wrong
}
