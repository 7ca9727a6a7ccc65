/*
 * The two ends of a sample. Each has `run(from, to)`, which moves the items from … to - 1 through the queue:
 *
 *   leading:    meet, ping-pong | count, meet, [clock] run, meet [clock] | the same, twice as many … | the same, measured
 *   following:  meet, ping-pong |        meet,         run, meet         | the same                  | the same
 *
 * One clock, of one thread, times both: it stops when the other end has everything. Some runtimes start a clock anew in
 * each worker.
 */
import { Gate } from './gate.js'
import { pin } from './pin.js'

const FIRST_RUN = 64
const MOST_ITEMS = 2 ** 30

/** An end's place in a sample: the gate, its CPU, how many ping-pongs; for the leading end also how much to move. */
function enter({ gate: shared, cpu }) {
  pin(cpu)
  const gate = new Gate(shared)
  gate.meet()
  return gate
}

/**
 * Warms up, for a fifth of `seconds` at least, and measures a run that takes about `seconds`, or exactly `items`.
 *
 * @returns items and nanoseconds of the measured run, its sum (`undefined` where this end sums nothing), and the word
 * round trip in nanoseconds beside it
 */
export async function lead(place, run) {
  const { items, seconds } = place
  const gate = enter(place)
  const roundTripNs = gate.pingPong(true, place.pingPongs)
  const timed = async (count) => {
    gate.count = count
    gate.meet()
    const start = performance.now()
    const sum = await run(0, count)
    gate.meet()
    return { items: count, ns: (performance.now() - start) * 1e6, sum }
  }
  if (items !== undefined) {
    await timed(Math.ceil(items / 10))
    return { ...(await timed(items)), roundTripNs }
  }
  const wanted = seconds * 1e9
  let warmUp = await timed(FIRST_RUN)
  while (warmUp.ns < wanted / 5 && warmUp.items < MOST_ITEMS / 2) warmUp = await timed(2 * warmUp.items)
  const count = Math.round((warmUp.items * wanted) / warmUp.ns)
  return { ...(await timed(Math.min(Math.max(count, 1), MOST_ITEMS))), roundTripNs }
}

/** Runs as often as the leading end wants; never ends by itself. */
export async function follow(place, run) {
  const gate = enter(place)
  gate.pingPong(false, place.pingPongs)
  for (;;) {
    gate.meet()
    gate.sum = await run(0, gate.count)
    gate.meet()
  }
}

/** For a thread that only answers: takes part in the ping-pong, then leaves the timing to the other end alone. */
export function attend(place) {
  const gate = enter(place)
  gate.pingPong(false, place.pingPongs)
  gate.leave()
}
