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

/** Contents of files by the ends of their names; `undefined`: an earlier rendering's file there is no longer true. */
type Files = Map<string, string | Uint8Array | undefined>

interface Pictures {
  readonly files: Files
  readonly shown: readonly PictureBlock[]
  readonly problems: readonly string[]
}

/** PNGs that are drawn at the same time: each takes tens of megabytes. */
const PNGS_AT_ONCE = 2

/** A turn of the event loop, in which what other threads have finished is taken up. */
const turn = () => new Promise(setImmediate)

/**
 * Loads the charting modules, which nothing else needs.
 *
 * @param meanwhile is called while other threads draw the last PNGs
 */
async function drawPictures(records: readonly ResultRecord[], name: string, meanwhile: () => void): Promise<Pictures> {
  const { CHART_SUFFIXES, chartsOf, toPng } = await import('./charts/index.js')
  const files: Files = new Map(
    CHART_SUFFIXES.flatMap((suffix) => ['svg', 'png'].map((format) => [`${suffix}.${format}`, undefined])),
  )
  const drawn: { readonly suffix: string; readonly alt: string; readonly png: Promise<Uint8Array | Error> }[] = []
  for (const { suffix, alt, svg } of chartsOf(records, name)) {
    files.set(`${suffix}.svg`, svg)
    const before = drawn.at(-PNGS_AT_ONCE)?.png
    const png = Promise.resolve(before).then(() => toPng(svg))
    drawn.push({ suffix, alt, png: png.catch((error: unknown) => new Error(errorMessage(error))) })
    await turn()
  }
  meanwhile()
  const pngs = await Promise.all(drawn.map(({ png }) => png))
  const shownAs = (format: string) => drawn.map(({ suffix, alt }) => ({ file: `${name}_${suffix}.${format}`, alt }))
  const failure = pngs.find((png) => png instanceof Error)
  if (failure !== undefined) {
    // A platform that the renderer has no binary for: the SVG says the same.
    const problem = `[spsc] [report] PNG pictures can't be drawn: ${oneLine(failure.message)}; the SVG ones are there`
    return { files, shown: shownAs('svg'), problems: [problem] }
  }
  for (const [index, { suffix }] of drawn.entries()) files.set(`${suffix}.png`, pngs[index] as Uint8Array)
  return { files, shown: shownAs('png'), problems: [] }
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
  let html = ''
  const { files, shown, problems } = await drawPictures(records, name, () => {
    html = toHtml(records, { name, skipped, maxRate, manifest })
  })
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
  await write('report.html', html)
  return { records, skipped, maxRate, written, problems }
}
