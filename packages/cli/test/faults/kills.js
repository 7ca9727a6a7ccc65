// Runs that are killed by SIGKILL at some moment: what was measured must be readable.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseRecord } from '@spsc/core'

const BIN = fileURLToPath(new URL('../../bin/spsc.js', import.meta.url))
const OPTIONS = ['--duration', '0.001', '--warmup', '0', '--replicates', '1000', '--name', 'mine', '--json']

/**
 * Starts a run of many short replicates, which says each on its standard output once it is stored, and kills it
 * `afterMs` after the first of them. The name is resumed, kill after kill, so that a tail that one has torn is met by the
 * next.
 */
function killOne(folder, afterMs, resume) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, 'run', ...OPTIONS, ...(resume ? ['--resume'] : [])], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const said = { stdout: '', stderr: '' }
    let kill
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said.stdout += text
      kill ??= setTimeout(() => child.kill('SIGKILL'), afterMs)
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said.stderr += text
    })
    const late = setTimeout(() => child.kill('SIGKILL'), 60_000)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(kill)
      clearTimeout(late)
      resolve({ ...said, ended: signal ?? code })
    })
  })
}

const idOf = ({ cell, replicate, order }) => `${cell}/${replicate}/${order}`

/**
 * Kills so many runs.
 *
 * @param momentOf milliseconds after the first stored replicate, given the number of the kill
 * @returns {Promise<{ kills: number, stored: number, torn: number, wrong: string[] }>} how many replicates were stored in
 *   all, how many lines were torn, and what was said to be stored and is not readable: nothing, if all is well
 */
export async function killRuns(kills, momentOf) {
  const folder = mkdtempSync(join(tmpdir(), 'spsc-kill-'))
  const wrong = []
  const said = new Set()
  let readable = new Set()
  let torn = 0
  try {
    const path = join(folder, 'result_data/mine_results.ndjson')
    for (let kill = 0; kill < kills; kill++) {
      const { stdout, stderr, ended } = await killOne(folder, momentOf(kill), kill > 0 && existsSync(path))
      if (ended !== 'SIGKILL') wrong.push(`run ${kill} ended with ${ended}: ${stderr.trim().split('\n').at(-1)}`)
      for (const line of stdout.split('\n').slice(0, -1)) {
        const record = parseRecord(line)
        if (record !== undefined) said.add(idOf(record))
      }
      const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
      const records = lines.map(parseRecord).filter((record) => record !== undefined)
      torn = lines.length - records.length
      readable = new Set(records.map(idOf))
      for (const id of said)
        if (!readable.has(id)) wrong.push(`replicate ${id}, stored before kill ${kill}, is not readable`)
      if (wrong.length > 0) break
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return { kills, stored: readable.size, torn, wrong }
}
