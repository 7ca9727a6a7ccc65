// A market that isn't there: its prices walk at random, the same way every time.
import { workerData } from 'node:worker_threads'
import { attachQueue } from '@spsc/queue-sab'
import { trade } from './trade.js'

const { handle, count } = workerData
const producer = attachQueue(handle, { type: trade }).producer()

const SYMBOLS = ['AAA', 'BBB', 'CCC', 'DDDD']
const prices = SYMBOLS.map((_, i) => 100 + 10 * i)
let seed = 1
const random = () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}

/** Fills in a record: a plain object, or one that lies in the queue. */
function next(record, id) {
  const which = Math.floor(random() * SYMBOLS.length)
  prices[which] += Math.round(random() * 10 - 5) / 100
  record.id = id
  record.size = 1 + Math.floor(random() * 100)
  record.price = prices[which]
  record.timeNs = process.hrtime.bigint()
  record.sell = random() < 0.5
  record.symbol = SYMBOLS[which]
  return record
}

for (let id = 0; id < count; ) {
  const { array, start, end } = producer.reserve(Math.min(256, count - id))
  if (start === end) {
    // Full: sleep until there is room for one.
    producer.push(next({}, id++))
    continue
  }
  for (let i = start; i < end; i++) next(array[i], id++)
  producer.commit(end - start)
}
producer.close()
