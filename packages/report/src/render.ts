import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorMessage, type MaxRateResult, type ResultRecord, SpscError } from '@spsc/core'
import { toCsv } from './csv.js'
import { toHtml } from './html/html.js'
import { toMarkdown } from './markdown.js'
import { maxRateIn, readManifest, readRecords, type StoredResults } from './read.js'
import type { PictureBlock } from './section.js'
import { oneLine } from './text.js'

export interface RunFiles {
  /** Directory of the run. */
  readonly dir: string
  /** `NAME` of `NAME_results.ndjson`. */
  readonly name: string
}

export interface RenderedRun extends StoredResults {
  /** Paths of the files written. */
  readonly written: readonly string[]
  /** What searches for the highest rate have come to; none where the run is no search, or was killed. */
  readonly maxRate: readonly MaxRateResult[]
  /** What could not be drawn, and why. */
  readonly problems: readonly string[]
}

// Written beside its place and renamed, so that a reader finds the old file or the new one, never half of one.
async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await writeFile(temporary, content)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw new SpscError('ERR_OUTPUT', 'report', `${path} can't be written: ${errorMessage(error)}`, { cause: error })
  }
}

interface Pictures {
  /** Contents by the end of the file's name; `undefined`: an earlier rendering's file there is no longer true. */
  readonly files: ReadonlyMap<string, string | Uint8Array | undefined>
  readonly shown: readonly PictureBlock[]
  readonly problems: readonly string[]
}

/** Loads the charting modules, which nothing else needs. */
async function drawPictures(records: readonly ResultRecord[], name: string): Promise<Pictures> {
  const files = new Map<string, string | Uint8Array | undefined>()
  const { CHART_SUFFIXES, drawCharts, toPng } = await import('./charts/index.js')
  for (const suffix of CHART_SUFFIXES) for (const format of ['svg', 'png']) files.set(`${suffix}.${format}`, undefined)
  const pictures = drawCharts(records, name)
  for (const { suffix, svg } of pictures) files.set(`${suffix}.svg`, svg)
  const shownAs = (format: string) => pictures.map(({ suffix, alt }) => ({ file: `${name}_${suffix}.${format}`, alt }))
  try {
    for (const { suffix, svg } of pictures) files.set(`${suffix}.png`, await toPng(svg))
    return { files, shown: shownAs('png'), problems: [] }
  } catch (error) {
    // A platform that the renderer has no binary for: the SVG says the same.
    const problem = `[spsc] [report] PNG pictures can't be drawn: ${oneLine(errorMessage(error))}; the SVG ones are there`
    return { files, shown: shownAs('svg'), problems: [problem] }
  }
}

/**
 * Draws a stored run: reads `NAME_results.ndjson` and, where there is one, `NAME_manifest.json`, and writes
 * `NAME_metrics.csv`, the pictures (`NAME_latency.svg` and `.png`, and so on), `NAME_report.md` and `NAME_report.html`
 * beside them, replacing those of an earlier rendering. The results themselves are only read.
 *
 * @throws `ERR_OUTPUT` naming the file that can't be read or written, and why
 *
 * @example
 * const { written } = await renderRun({ dir: 'result_data', name: 't000' })
 */
export async function renderRun({ dir, name }: RunFiles): Promise<RenderedRun> {
  const { records, skipped } = await readRecords(join(dir, `${name}_results.ndjson`))
  const manifest = await readManifest(join(dir, `${name}_manifest.json`))
  const maxRate = maxRateIn(manifest)
  const { files, shown, problems } = await drawPictures(records, name)
  const written: string[] = []
  const write = async (suffix: string, content: string | Uint8Array) => {
    const path = join(dir, `${name}_${suffix}`)
    await writeAtomically(path, content)
    written.push(path)
  }
  await write('metrics.csv', toCsv(records))
  for (const [suffix, content] of files) {
    if (content === undefined) await rm(join(dir, `${name}_${suffix}`), { force: true })
    else await write(suffix, content)
  }
  await write('report.md', toMarkdown(records, { name, skipped, maxRate, pictures: shown }))
  await write('report.html', toHtml(records, { name, skipped, maxRate, manifest }))
  return { records, skipped, maxRate, written, problems }
}
