import { CASES, titleOf } from '../../packages/queue-sab/test/stress/cases.js'
import { send } from '../../packages/queue-sab/test/stress/run.js'

export const title = 'Stress: two threads, each item compared with the one in line, and a sum'

/** Items in all, and in each case at least. */
const SAB = { brief: 1_000_000, long: 1_000_000_000, least: 1_000 }

async function* sabRows(long) {
  const all = long ? SAB.long : SAB.brief
  const sum = CASES.reduce((total, { parts }) => total + parts, 0)
  const begin = performance.now()
  let total = 0
  let held = true
  for (const stream of CASES) {
    const count = Math.max(SAB.least, Math.ceil((all * stream.parts) / sum))
    const { arrived, wrong } = await send(stream, count)
    total += arrived
    held &&= wrong === undefined
    yield {
      what: `sab: ${titleOf(stream)}`,
      runs: arrived,
      extent: 'items',
      ok: wrong === undefined,
      detail: wrong,
    }
  }
  yield { what: 'sab: in all', runs: total, extent: 'items', ok: held, ms: performance.now() - begin }
}

export async function* rows({ long = false } = {}) {
  yield* sabRows(long)
}
