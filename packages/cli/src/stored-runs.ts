import { basename, dirname } from 'node:path'
import { SpscError } from '@spsc/core'
import { checkName, resultsPath, type StorePlace } from '@spsc/lab'
import type { StoredResults } from '@spsc/report'
import { say } from './streams.js'

export const RESULTS_END = '_results.ndjson'

/** A run by its name in the folder of results, or by the path of its results file. */
export function placeOf(run: string, dir: string): StorePlace {
  const isPath = /[\\/]/.test(run) || run.endsWith(RESULTS_END)
  if (isPath && !run.endsWith(RESULTS_END)) {
    throw new SpscError(
      'ERR_OPTION',
      'cli',
      `run ${JSON.stringify(run)}; allowed: the name of a run, or the path of its NAME${RESULTS_END}`,
    )
  }
  const place = isPath ? { dir: dirname(run), name: basename(run).slice(0, -RESULTS_END.length) } : { dir, name: run }
  checkName(place.name)
  return place
}

/** A kill leaves half a line at most. */
export function saySkipped(place: StorePlace, { skipped }: StoredResults): void {
  if (skipped.length === 0) return
  const lines = skipped.length === 1 ? `line ${skipped[0]} is` : `lines ${skipped.join(', ')} are`
  say(`[spsc] [report] ${resultsPath(place)}: ${lines} skipped: no record, torn or damaged`)
}
