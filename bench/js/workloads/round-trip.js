import { EXCHANGE, MICROSECONDS } from '../lib/kinds.js'

/*
 *   [ client: order, sum ] -- 0 --> ( queue ) --> [ server ]
 *                          <-- 0 -- ( queue ) <--            then 1 …
 */
const roundTrip = (waiting, how, atMost, reference) => ({
  name: `round-trip-${waiting}`,
  family: `round-trip-${waiting}`,
  sentence: `A worker sends an i32 item to another and waits for it to come back, ${how}`,
  ends: EXCHANGE,
  figure: MICROSECONDS,
  marks: [{ ours: waiting === 'spinning' ? 'publish each' : 'asleep at once', atMost, reference }],
})

export default [
  roundTrip('spinning', 'both spinning', 0.6, { peer: 'ringbuf.js' }),
  roundTrip('blocked', 'both asleep while they wait', 0.85, { peer: 'MessagePort' }),
]
