// packages/metrics/src/ledger-items.ts
// packages/metrics/src/ledger-tiles.ts
import { ABSENT_ACCOUNT, ABSENT_TIME as ABSENT_TIME2, LEDGER_SEGMENTS, traceLength } from '@spsc/core'

var [P_LATE, P_RUNQ, P_OWN, C_WAKE, C_RUNQ, S_CPU, S_RUNQ, S_OFF] = [0, 1, 2, 3, 4, 5, 6, 7]
var WIDTH = LEDGER_SEGMENTS.length
function add(sums, place, amount) {
  sums[place] = sums[place] + amount
}
var Walker = class {
  constructor(tiling) {
    this.tile = { start: 0, end: Number.NEGATIVE_INFINITY, parts: new Float64Array(WIDTH) }
    /** Sums over the tiles before this one. */
    this.before = new Float64Array(WIDTH)
    this.index = -1
    this.#tiling = tiling
  }
  #tiling
  /** Goes on to the first tile that ends after `time`, or to the last one. */
  passTo(time) {
    while (this.tile.end <= time && this.index + 1 < this.#tiling.count) {
      for (let segment = 0; segment < WIDTH; segment++) add(this.before, segment, this.tile.parts[segment])
      this.#tiling.read(++this.index, this.tile)
    }
  }
}
function scaled(part, share, length) {
  const product = part * share
  if (product > Number.MAX_SAFE_INTEGER) return Number((BigInt(part) * BigInt(share)) / BigInt(length))
  return (product - (product % length)) / length
}
function remainder(part, share, length) {
  const product = part * share
  return product > Number.MAX_SAFE_INTEGER ? Number((BigInt(part) * BigInt(share)) % BigInt(length)) : product % length
}
function addShare({ start, end, parts }, share, sums, offset) {
  const length = end - start
  let left = share
  for (let segment = 0; segment < WIDTH; segment++) {
    const part = parts[segment]
    if (part === 0) continue
    const amount = share === length ? part : scaled(part, share, length)
    add(sums, offset + segment, amount)
    left -= amount
  }
  for (let given = 0; left > 0; left--) {
    let largest = 0
    let most = -1
    for (let segment = 0; segment < WIDTH; segment++) {
      const rest = given & (1 << segment) ? -1 : remainder(parts[segment], share, length)
      if (rest > most) [largest, most] = [segment, rest]
    }
    given |= 1 << largest
    add(sums, offset + largest, 1)
  }
}
var Timeline = class {
  #tail
  #head
  /** @param tiling makes it twice, since two walk down it */
  constructor(tiling) {
    this.#tail = new Walker(tiling())
    this.#head = new Walker(tiling())
  }
  /** Adds what was done from `from` to `to` to `sums`; holes add nothing. */
  charge(from, to, sums, offset = 0) {
    if (to <= from) return
    const tail = this.#tail
    const head = this.#head
    tail.passTo(from)
    head.passTo(to - 1)
    const first = tail.tile
    const last = head.tile
    if (tail.index === head.index) {
      const share = Math.min(to, last.end) - Math.max(from, last.start)
      if (share > 0) addShare(last, share, sums, offset)
      return
    }
    const begun = first.end - Math.max(from, first.start)
    if (begun > 0) addShare(first, begun, sums, offset)
    for (let segment = 0; segment < WIDTH; segment++) {
      const whole = head.before[segment] - tail.before[segment]
      add(sums, offset + segment, whole - first.parts[segment])
    }
    const rest = Math.min(to, last.end) - last.start
    if (rest > 0) addShare(last, rest, sums, offset)
  }
}

// packages/metrics/src/outcome.ts
import { ABSENT_TIME } from '@spsc/core'

function outcomeOf(trace, row) {
  if (trace.pushed[row] === ABSENT_TIME) return 'dropped'
  return trace.popped[row] === ABSENT_TIME ? 'lost' : 'delivered'
}

// packages/metrics/src/ledger-items.ts
var LIMB = 2 ** 32
function column(cells, rows, origin = 0n, absent = ABSENT_TIME2) {
  const halves = new Uint32Array(cells.buffer, cells.byteOffset, 2 * rows)
  const [originLow, originHigh] = [Number(origin % BigInt(LIMB)), Number(origin / BigInt(LIMB))]
  const [absentLow, absentHigh] = [Number(absent % BigInt(LIMB)), Number(absent / BigInt(LIMB))]
  const values = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const low = halves[2 * row]
    const high = halves[2 * row + 1]
    const isAbsent = low === absentLow && high === absentHigh
    values[row] = isAbsent ? Number.NaN : (high - originHigh) * LIMB + (low - originLow)
  }
  return values
}
function timesOf(trace, rows, origin) {
  const read = (cells) => column(cells, rows, origin)
  return {
    due: read(trace.due),
    woke: read(trace.woke),
    sent: read(trace.sent),
    pushed: read(trace.pushed),
    popped: read(trace.popped),
    done: read(trace.done),
  }
}
function accountsOf({ accounts }, rows) {
  if (accounts === void 0) return void 0
  const read = (cells) => column(cells, rows, 0n, ABSENT_ACCOUNT)
  const columns = Object.entries(accounts).map(([name, cells]) => [name, read(cells)])
  return Object.fromEntries(columns)
}
function booked(from, to, limit) {
  const amount = (to ?? Number.NaN) - (from ?? Number.NaN)
  return amount > 0 ? Math.min(amount, limit) : 0
}
function isKnown(values) {
  return values?.some((value) => !Number.isNaN(value)) ?? false
}
function lay(tile, start, end) {
  tile.parts.fill(0)
  tile.start = Math.min(start, end)
  tile.end = end
  return end - tile.start
}
function consumerTiling(times, accounts, delivered, waited, everyItem) {
  const { sent, popped, done } = times
  const knowsCpu = isKnown(accounts?.cpuAtDone)
  return {
    count: 2 * delivered.length,
    read(index, tile) {
      const item = index >>> 1
      const row = delivered[item]
      const { parts } = tile
      const poppedAt = popped[row]
      if (index % 2 === 0) {
        const before = item === 0 ? -1 : delivered[item - 1]
        const free = before === -1 ? Number.NEGATIVE_INFINITY : done[before]
        const length2 = lay(tile, Math.max(free, sent[row]), poppedAt)
        const runq2 = booked(accounts?.runDelayAtDone[before], accounts?.runDelayAtPopped[row], length2)
        parts[C_RUNQ] = runq2
        parts[everyItem || waited[row] !== 0 ? C_WAKE : S_CPU] = length2 - runq2
        return
      }
      const length = lay(tile, poppedAt, done[row])
      const cpu = booked(accounts?.cpuAtPopped[row], accounts?.cpuAtDone[row], length)
      const runq = booked(accounts?.runDelayAtPopped[row], accounts?.runDelayAtDone[row], length - cpu)
      parts[S_RUNQ] = runq
      parts[S_CPU] = knowsCpu ? cpu : length - runq
      parts[S_OFF] = knowsCpu ? length - runq - cpu : 0
    },
  }
}
function producerTiling(times, accounts, consumer) {
  const { due, woke, sent, pushed } = times
  const knowsWoke = isKnown(woke)
  const endOf = (row) => {
    const end = pushed[row]
    return Number.isNaN(end) ? sent[row] : end
  }
  return {
    count: 3 * sent.length,
    read(index, tile) {
      const row = Math.floor(index / 3)
      const { parts } = tile
      const sentAt = sent[row]
      if (index % 3 === 2) {
        const end = endOf(row)
        const length = lay(tile, sentAt, end)
        if (consumer !== void 0) {
          consumer.charge(sentAt, end, parts)
          parts[P_OWN] = length - parts.reduce((sum, part) => sum + part, 0)
          return
        }
        parts[P_RUNQ] = booked(accounts?.runDelayAtSent[row], accounts?.runDelayAtPushed[row], length)
        parts[P_OWN] = length - parts[P_RUNQ]
        return
      }
      const free = row === 0 ? Number.NEGATIVE_INFINITY : endOf(row - 1)
      const wokeAt = knowsWoke ? woke[row] : sentAt
      const late = lay(tile, Math.max(free, due[row]), wokeAt)
      const runq = booked(accounts?.runDelayAtPushed[row - 1], accounts?.runDelayAtSent[row], Number.POSITIVE_INFINITY)
      const runqLate = Math.min(runq, late)
      if (index % 3 === 0) {
        parts[P_RUNQ] = runqLate
        parts[P_LATE] = late - runqLate
        return
      }
      const own = lay(tile, wokeAt, sentAt)
      parts[P_RUNQ] = Math.min(runq - runqLate, own)
      parts[P_OWN] = own - parts[P_RUNQ]
    },
  }
}
function sortOut(trace, rows) {
  const delivered = new Uint32Array(rows)
  const counts = { delivered: 0, dropped: 0, lost: 0 }
  for (let row = 0; row < rows; row++) {
    const outcome = outcomeOf(trace, row)
    if (outcome === 'delivered') delivered[counts.delivered] = row
    counts[outcome]++
  }
  return { ...counts, delivered: delivered.subarray(0, counts.delivered) }
}
function ledgerOf(trace, { startNs, everyItem, blocks }) {
  const rows = traceLength(trace)
  const times = timesOf(trace, rows, startNs)
  const { due, woke, sent, popped, done } = times
  const accounts = everyItem ? accountsOf(trace, rows) : void 0
  const knows = {
    due: isKnown(due),
    woke: isKnown(woke),
    producerRunDelay: isKnown(accounts?.runDelayAtSent),
    consumerRunDelay: isKnown(accounts?.runDelayAtDone),
    consumerCpu: isKnown(accounts?.cpuAtDone),
  }
  const { delivered, dropped, lost } = sortOut(trace, rows)
  const consumerTiles = () => consumerTiling(times, accounts, delivered, trace.consumerWaited, everyItem)
  const consumer = new Timeline(consumerTiles)
  const producer = new Timeline(() => producerTiling(times, accounts, blocks ? new Timeline(consumerTiles) : void 0))
  const row = new Uint32Array(delivered.length)
  const begin = new Float64Array(delivered.length)
  const total = new Float64Array(delivered.length)
  const segments = new Float64Array(delivered.length * WIDTH)
  let items = 0
  let disordered = 0
  let mismatches = 0
  for (const of of delivered) {
    const sentAt = sent[of]
    const doneAt = done[of]
    const beginAt = knows.due ? due[of] : sentAt
    const wokeAt = knows.woke ? woke[of] : sentAt
    const poppedAt = popped[of]
    if (!(beginAt <= wokeAt && wokeAt <= sentAt && sentAt <= poppedAt && poppedAt <= doneAt)) {
      disordered++
      continue
    }
    const offset = items * WIDTH
    if (knows.due) producer.charge(beginAt, sentAt, segments, offset)
    consumer.charge(sentAt, doneAt, segments, offset)
    let sum = 0
    for (let segment = 0; segment < WIDTH; segment++) sum += segments[offset + segment]
    if (sum !== doneAt - beginAt) mismatches++
    row[items] = of
    begin[items] = beginAt
    total[items] = doneAt - beginAt
    items++
  }
  return { items, row, begin, total, segments, excluded: { dropped, lost, disordered }, mismatches, knows }
}

export { ledgerOf }
