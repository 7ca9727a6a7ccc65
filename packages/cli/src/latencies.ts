import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import { errorMessage, isUnavailable, type ResultRecord, SpscError } from '@spsc/core'
import type { CollectorChoice, OnExisting, Plan, Replicate } from '@spsc/lab'
import { LATENCIES, ours } from './plugins.js'
import { say } from './streams.js'

function isDevice(path: string): boolean {
  return existsSync(path) && !statSync(path).isFile()
}

/** Where one replicate's raw latencies go: the path itself for a run of one replicate or a device, else one file each. */
function latenciesPath(path: string, plan: Plan, { cell, replicate }: Replicate): string {
  if (plan.schedule.length === 1 || isDevice(path)) return path
  const extension = extname(path)
  const part = [cell.scenario.name, cell.queue.label].map((label) =>
    label.replaceAll(/[^A-Za-z0-9=.-]+/g, '-').replace(/^[-.]+/, ''),
  )
  // The cell's number tells two apart whose names differ in what a file name can't hold.
  const cellNumber = plan.cells.indexOf(cell) + 1
  return `${path.slice(0, path.length - extension.length)}_${cellNumber}_${part.join('_')}_r${replicate}${extension}`
}

/** Raw latencies overwrite nothing that is not theirs to replace, and that is known before anything is measured. */
function checkLatenciesPath(path: string, plan: Plan, existing: OnExisting): void {
  for (const replicate of plan.schedule) {
    const file = latenciesPath(path, plan, replicate)
    try {
      if (existsSync(file)) accessSync(file, constants.W_OK)
      else accessSync(dirname(file), constants.W_OK)
    } catch (error) {
      throw new SpscError('ERR_OUTPUT', 'cli', `--emit-latencies ${file} can't be written: ${errorMessage(error)}`)
    }
    if (existing === 'refuse' && existsSync(file) && !isDevice(file)) {
      throw new SpscError(
        'ERR_EXISTS',
        'cli',
        `${file} exists; choose another --emit-latencies or --force to replace it`,
      )
    }
  }
}

/** Where raw latencies of a replicate go, and whether a file that is there may be emptied. */
export type LatenciesOf = (replicate: Replicate) => { readonly path: string; readonly flags: 'w' | 'wx' }

/** A file of raw latencies for each replicate, where they are asked for. */
export function latenciesFor(
  latencies: string | undefined,
  plan: Plan,
  existing: OnExisting,
): { readonly latenciesOf?: LatenciesOf } {
  if (latencies === undefined) return {}
  checkLatenciesPath(latencies, plan, existing)
  return {
    latenciesOf: (replicate) => {
      const path = latenciesPath(latencies, plan, replicate)
      return { path, flags: existing === 'refuse' && !isDevice(path) ? 'wx' : 'w' }
    },
  }
}

/** The collectors of each replicate, with its own file of raw latencies where they are asked for. */
export function withLatencies(chosen: readonly CollectorChoice[], latenciesOf: LatenciesOf | undefined) {
  return (replicate: Replicate): readonly CollectorChoice[] =>
    latenciesOf === undefined ? chosen : [...chosen, { plugin: ours(LATENCIES), options: latenciesOf(replicate) }]
}

/** Raw latencies that were asked for and could not be written: said even when quiet. */
export function latenciesLost(records: readonly ResultRecord[]): boolean {
  const lost = records.flatMap((record) => {
    const data = record.status === 'ok' ? record.collectors[LATENCIES.name] : undefined
    return isUnavailable(data) ? [data.unavailable] : []
  })
  for (const reason of new Set(lost)) say(reason)
  return lost.length > 0
}
