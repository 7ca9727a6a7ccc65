import { readFile } from 'node:fs/promises'
import {
  errorMessage,
  type MaxRateResult,
  parseMaxRate,
  parseRecord,
  RECORD_SCHEMA,
  type ResultRecord,
  replicateKey,
  SpscError,
} from '@spsc/core'

/** What a results file holds. */
export interface StoredResults {
  /** In the order of measurement; a replicate measured again (a resumed run) stands once, as it came out last. */
  readonly records: readonly ResultRecord[]
  /** Numbers, from 1, of the lines that are no record: torn by a kill, or damaged. */
  readonly skipped: readonly number[]
}

const LINE_FEED = 0x0a

// Cut as bytes: readline would also cut at U+2028, which JSON leaves bare, and a whole file may exceed a string.
function* linesOf(bytes: Buffer): Generator<string, void, undefined> {
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(LINE_FEED, start)
    const end = found === -1 ? bytes.length : found
    yield bytes.toString('utf8', start, end)
    start = end + 1
  }
}

/** The schema version of a line that is a record of another version. */
function schemaOf(line: string): number | undefined {
  try {
    const { schema } = JSON.parse(line)
    return typeof schema === 'number' ? schema : undefined
  } catch {
    return undefined
  }
}

/**
 * Reads `NAME_results.ndjson`, one record a line. A line that is no record is skipped and its number returned; blank
 * lines don't count.
 *
 * @throws `ERR_OUTPUT` for a file that can't be read or was written by a newer version of spsc
 *
 * @example
 * const { records, skipped } = await readRecords('result_data/t000_results.ndjson')
 */
export async function readRecords(path: string): Promise<StoredResults> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new SpscError('ERR_OUTPUT', 'report', `${path} can't be read: ${errorMessage(error)}`, { cause: error })
  })
  const records = new Map<string, ResultRecord>()
  const skipped: number[] = []
  let number = 0
  for (const line of linesOf(bytes)) {
    number++
    if (line.trim() === '') continue
    const record = parseRecord(line)
    if (record !== undefined) {
      records.set(replicateKey(record), record)
      continue
    }
    const schema = schemaOf(line)
    if (schema !== undefined && schema > RECORD_SCHEMA) {
      throw new SpscError(
        'ERR_OUTPUT',
        'report',
        `${path}:${number} has schema ${schema}; allowed: up to ${RECORD_SCHEMA}; update spsc to read it`,
      )
    }
    skipped.push(number)
  }
  return { records: [...records.values()], skipped }
}

/** What `NAME_manifest.json` holds; `undefined` where there is none that can be read: a report does without. */
export async function readManifest(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
}

/** What the searches of a run have come to, from its manifest; none where there is no manifest, or none of searches. */
export function maxRateIn(manifest: unknown): readonly MaxRateResult[] {
  return parseMaxRate((manifest as { max_rate?: unknown } | null | undefined)?.max_rate)
}
