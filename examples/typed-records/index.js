// node index.js [trades]
//   feed.js  -- records, written where they lie -->  this thread, which reads them there: volume and mean price by symbol
import { Worker } from 'node:worker_threads'
import { createQueue } from '@spsc/queue-sab'
import { trade } from './trade.js'

const count = Number(process.argv[2] ?? 300_000)
if (!Number.isSafeInteger(count) || count < 1) throw new Error('trades: a whole number from 1')

const queue = createQueue({ capacity: 4096, type: trade })
new Worker(new URL('./feed.js', import.meta.url), { workerData: { handle: queue.handle, count } })
const consumer = queue.consumer()

const bySymbol = new Map()
let expected = 0
/** Takes a record as it comes out of the queue, or as it lies there: its fields read alike. */
function book({ id, symbol, size, price, sell }) {
  if (id !== expected++) throw new Error(`trade ${id} came in place of ${expected - 1}`)
  if (!bySymbol.has(symbol)) bySymbol.set(symbol, { trades: 0, volume: 0, turnover: 0, sold: 0 })
  const total = bySymbol.get(symbol)
  total.trades++
  total.volume += size
  total.turnover += size * price
  if (sell) total.sold += size
}

const begin = performance.now()
// Sleeps until there is a trade, which pop takes out. The rest of those that are there are read in place.
for (let first = consumer.pop(); first !== undefined; first = consumer.pop()) {
  book(first)
  const { array, start, end } = consumer.peek(256)
  for (let i = start; i < end; i++) book(array[i])
  consumer.release(end - start)
}
const seconds = (performance.now() - begin) / 1000

for (const [symbol, { trades, volume, turnover, sold }] of [...bySymbol].sort()) {
  const share = Math.round((100 * sold) / volume)
  console.log(
    `${symbol}: ${trades} trades, volume ${volume}, mean price ${(turnover / volume).toFixed(2)}, ${share} % sold`,
  )
}
console.log(`${expected} trades in order, ${(expected / seconds / 1e6).toFixed(1)} M/s`)
