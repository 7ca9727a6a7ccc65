import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorMessage, type ResultRecord, SpscError } from '@spsc/core'
import { toCsv } from './csv.js'
import { type HtmlOptions, toHtml } from './html/html.js'
import { toMarkdown } from './markdown.js'
import { readRecords, type StoredResults } from './read.js'

/** What is drawn from a run: the end of a file's name, and a function of what is stored alone. */
const RENDERINGS: Readonly<Record<string, (records: readonly ResultRecord[], options: HtmlOptions) => string>> = {
  'metrics.csv': toCsv,
  'report.md': toMarkdown,
  'report.html': toHtml,
}

export interface RunFiles {
  /** Directory of the run. */
  readonly dir: string
  /** `NAME` of `NAME_results.ndjson`. */
  readonly name: string
}

export interface RenderedRun extends StoredResults {
  /** Paths of the files written. */
  readonly written: readonly string[]
}

// Written beside its place and renamed, so that a reader finds the old file or the new one, never half of one.
async function writeAtomically(path: string, content: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await writeFile(temporary, content)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw new SpscError('ERR_OUTPUT', 'report', `${path} can't be written: ${errorMessage(error)}`, { cause: error })
  }
}

/** The manifest of a run; `undefined` where there is none that can be read: a report does without. */
async function readManifest(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * Draws a stored run: reads `NAME_results.ndjson` and writes `NAME_metrics.csv`, `NAME_report.md` and
 * `NAME_report.html` beside it, replacing those of an earlier rendering. The results themselves are only read.
 *
 * @throws `ERR_OUTPUT` naming the file that can't be read or written, and why
 *
 * @example
 * const { written } = await renderRun({ dir: 'result_data', name: 't000' })
 */
export async function renderRun({ dir, name }: RunFiles): Promise<RenderedRun> {
  const { records, skipped } = await readRecords(join(dir, `${name}_results.ndjson`))
  const manifest = await readManifest(join(dir, `${name}_manifest.json`))
  const written: string[] = []
  for (const [suffix, render] of Object.entries(RENDERINGS)) {
    const path = join(dir, `${name}_${suffix}`)
    await writeAtomically(path, render(records, { name, skipped, manifest }))
    written.push(path)
  }
  return { records, skipped, written }
}
