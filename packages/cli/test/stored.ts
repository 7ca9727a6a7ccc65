import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MeasuredRecord, ResultRecord } from '@spsc/core'
import { BRIEF, spsc, storedRecords } from './spsc.js'

/** A record as a run stores it, to make others of. */
export async function measuredRecord(): Promise<MeasuredRecord> {
  const cwd = mkdtempSync(join(tmpdir(), 'spsc-cli-'))
  try {
    const args = ['run', ...BRIEF, '--name', 'one', '--quiet', '--collect', 'histogram,ledger,sched']
    const { stderr } = await spsc(args, { cwd })
    const [record] = storedRecords(cwd, 'one')
    if (record?.status !== 'ok') throw new Error(`nothing was measured: ${stderr}`)
    return record
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

/** Stores records as the run of a name, as if they had been measured. */
export function storeRecords(cwd: string, name: string, records: readonly ResultRecord[]): string {
  const dir = join(cwd, 'result_data')
  mkdirSync(dir, { recursive: true })
  const path = join(dir, `${name}_results.ndjson`)
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  return path
}
