// What there is to measure: every peer of peers/ in the workloads that it does.
import { readdirSync } from 'node:fs'
import blocks from './workloads/blocks.js'
import bytes from './workloads/bytes.js'
import objects from './workloads/objects.js'
import records from './workloads/records.js'
import roundTrip from './workloads/round-trip.js'
import rpc from './workloads/rpc.js'
import singles from './workloads/singles.js'

export const WORKLOADS = [singles, blocks, bytes, records, objects, roundTrip, rpc].flat()

const PEERS = new URL('./peers/', import.meta.url)

/** Every file of peers/, with the `url` that workers load it from. */
export function loadPeers() {
  const files = readdirSync(PEERS).filter((name) => name.endsWith('.js'))
  return Promise.all(files.sort().map((name) => loadPeer(new URL(name, PEERS))))
}

/** @param url of a file that exports `{ name, workloads: { family: { configuration: entrant } } }` by default */
export async function loadPeer({ href }) {
  return { url: href, ...(await import(href)).default }
}

/** One row per configuration of each peer that does the workload: `missing` says why it can't run here. */
export async function rowsOf(workload, peers, options) {
  const rows = peers.flatMap((peer) =>
    Object.entries(peer.workloads[workload.family] ?? {}).map(([configuration, entrant]) => ({
      peer,
      workload,
      configuration,
      entrant,
      samples: [],
    })),
  )
  return Promise.all(rows.map(async (row) => ({ ...row, missing: await row.entrant.missing?.(options) })))
}
