/*
 * Single i32 items from one worker to another, both ends spinning, through every peer in turn:
 *
 *   [ producer, first CPU ] -- 0, 1, 2 … items - 1 --> ( queue of 1024 ) --> [ consumer, last CPU: FIFO, checksum ]
 *
 * Each round samples every peer once, in random order; a ratio compares two samples of one round, because the speed of
 * a shared machine drifts more between rounds than the peers differ. The first round is discarded.
 */
import { chooseCpus } from './lib/pin.js'
import { random, shuffle } from './lib/random.js'
import { machine, spread, table } from './lib/report.js'
import { loadPeer, sample } from './lib/sample.js'
import { parseSettings } from './lib/settings.js'

const REFERENCE = 'ringbuf.js'
const PEERS = ['./peers/sab.js', './peers/sab-mutex.js', './peers/ringbuf.js']

const { capacity, items, rounds, seed } = settings()
const { cpus, pinning } = chooseCpus()

console.log(machine())
console.log(pinning)
console.log(`capacity ${capacity} · ${items} items a sample · ${rounds} rounds · seed ${seed}\n`)

const peers = await Promise.all(PEERS.map((path) => loadPeer(new URL(path, import.meta.url))))
const samples = new Map(peers.map(({ name }) => [name, []]))
const draw = random(seed)
for (let round = 0; round <= rounds; round++) {
  for (const peer of shuffle(peers, draw)) {
    const result = await sample(peer, { capacity, items, cpus })
    if (round > 0) samples.get(peer.name).push(result)
  }
}

function settings() {
  try {
    return parseSettings(process.argv.slice(2))
  } catch (error) {
    console.error(`[spsc] [bench] ${error.message.replaceAll('\n', ' ')}`)
    return process.exit(2)
  }
}

const column = (name, key) => samples.get(name).map((result) => result[key])
const ratios = (name) => {
  const reference = column(REFERENCE, 'perSecond')
  return column(name, 'perSecond').map((value, round) => value / reference[round])
}
const rows = peers.map(({ name }) => [
  name,
  spread(column(name, 'perSecond').map((value) => value / 1e6)),
  spread(ratios(name)),
  spread(column(name, 'roundTripNs'), 0),
])
console.log(table([['queue', 'M items/s (min–max)', `× ${REFERENCE} (min–max)`, 'word round trip, ns'], ...rows]))
for (const { name, itemsShare } of peers) {
  if (itemsShare !== undefined) console.log(`\n${name}: ${itemsShare * items} items a sample`)
}
