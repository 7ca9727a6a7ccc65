import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type MaxRateResult, type ResultRecord, SpscError } from '@spsc/core'
import { checkName, manifestPath, RunStore, resultsPath, type StorePlace } from '@spsc/lab'
import { EXPORTERS, labelsOf, readRecords, renderRun, type StoredResults, sideBySide, toSummary } from '@spsc/report'
import { EXIT } from './exit-codes.js'
import { machineOf, otherMachine } from './machines.js'
import { canWrite, checkExportPlaces, settleOutputs, usesStdout, writeExports } from './outputs.js'
import type { Flags } from './program.js'
import { placeOf, saySkipped } from './stored-runs.js'
import { print, say } from './streams.js'

/** What a command draws: records, and the files it has written of them. */
interface Drawn extends Pick<StoredResults, 'records'> {
  readonly name: string
  readonly skipped: readonly number[]
  readonly written: readonly string[]
  /** What searches for the highest rate have come to. */
  readonly maxRate?: readonly MaxRateResult[]
}

async function render(place: StorePlace): Promise<Drawn & StoredResults> {
  const { problems, ...rendered } = await renderRun(place)
  for (const problem of problems) say(problem)
  return { ...rendered, name: place.name }
}

async function drawOne(place: StorePlace): Promise<Drawn> {
  const drawn = await render(place)
  saySkipped(place, drawn)
  return drawn
}

async function readSeveral(places: readonly StorePlace[]): Promise<readonly ResultRecord[]> {
  const labels = labelsOf(places.map(({ dir, name }) => ({ dir: resolve(dir), name })))
  const machines = places.map((place, index) => [labels[index] as string, machineOf(place)] as const)
  const runs = []
  for (const [index, place] of places.entries()) {
    const stored = await readRecords(resultsPath(place))
    saySkipped(place, stored)
    const [first, own] = [machines[0], machines[index]] as const
    const other = first && own && index > 0 ? otherMachine(first, own) : undefined
    if (other !== undefined) for (const line of [other.what, ...other.fields.map((field) => `- ${field}`)]) say(line)
    const warning = other && [other.what, ...other.fields].join('; ')
    runs.push({ label: labels[index] as string, records: stored.records, ...(warning && { warning }) })
  }
  return sideBySide(runs)
}

/** Stores several runs as one, so that it is drawn, and can be drawn again, as any other. */
async function drawAs(place: StorePlace, records: readonly ResultRecord[], force: boolean): Promise<Drawn> {
  const store = new RunStore(place, force ? 'replace' : 'refuse')
  for (const record of records) store.append(record)
  store.close()
  const drawn = await render(place)
  return { ...drawn, written: [resultsPath(place), ...drawn.written] }
}

/** Refuses a run named twice, and one that is to be replaced by what it is part of. */
function checkDistinct(places: readonly StorePlace[], target: StorePlace | undefined, force: boolean): void {
  const paths = places.map((place) => resolve(resultsPath(place)))
  const twice = paths.find((path, index) => paths.indexOf(path) !== index)
  if (twice !== undefined) {
    throw new SpscError('ERR_OPTION', 'cli', `${twice} is named twice; allowed: each run once`)
  }
  if (target === undefined) return
  checkName(target.name)
  if (places.length === 1) throw new SpscError('ERR_OPTION', 'cli', '--name is for several runs; name another run')
  const path = resultsPath(target)
  if (!existsSync(path) || (force && !paths.includes(resolve(path)))) return
  throw new SpscError('ERR_EXISTS', 'cli', `${path} exists; choose another --name, or --force to replace it`)
}

/** `spsc report`: the files of a stored run again, from what is stored; several runs side by side. */
export async function report(names: readonly string[], flags: Flags): Promise<number> {
  const { dir, exports } = settleOutputs(flags)
  const places = names.map((name) => placeOf(name, dir))
  const force = flags.force === true
  const target = typeof flags.name === 'string' ? { dir, name: flags.name } : undefined
  checkDistinct(places, target, force)
  const stored = [...places, ...(target ? [target] : [])].flatMap((place) => [resultsPath(place), manifestPath(place)])
  checkExportPlaces(exports, stored)
  if (!canWrite(exports)) return EXIT.invalid

  const [only, another] = places
  let drawn: Drawn
  if (only !== undefined && another === undefined) drawn = await drawOne(only)
  else {
    const records = await readSeveral(places)
    if (target !== undefined) drawn = await drawAs(target, records, force)
    else drawn = { records, name: names.join(' · '), skipped: [], written: [] }
  }
  const { records, written, maxRate } = drawn
  if (flags.json) print(EXPORTERS.ndjson(records))
  else if (!usesStdout(exports)) print([toSummary(records, { ...(maxRate && { maxRate }) }), ...written].join('\n'))
  return writeExports(exports, records, drawn) ? EXIT.ok : EXIT.invalid
}
