import { killRuns } from '../../packages/cli/test/faults/kills.js'
import { CODES, runWithFault } from '../../packages/cli/test/faults/write-faults.js'

export const title = 'Faults: injected, and survived'

const KILLS = { brief: 40, long: 1000 }
/** Writes between two that fail. */
const STRIDE = { brief: 4, long: 1 }

/** Milliseconds after the first stored replicate, of which there is one about every 100. */
function moments(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % 150
  }
}

export async function* rows({ long = false } = {}) {
  const { writes, wrong } = await runWithFault(0, CODES[0])
  yield {
    what: 'a run of which no write fails',
    runs: writes,
    extent: 'writes',
    ok: wrong.length === 0,
    detail: wrong.join('\n'),
  }
  for (const code of CODES) {
    const stride = long ? STRIDE.long : STRIDE.brief
    const bad = []
    let injected = 0
    for (let at = 1; at <= writes; at += stride) {
      const fault = await runWithFault(at, code)
      injected++
      if (fault.wrong.length > 0) bad.push(`write ${at}, ${fault.failed}: ${fault.wrong.join('; ')}`)
    }
    const extent = stride === 1 ? 'every write' : `1 in ${stride}`
    yield {
      what: `${code} at a write of a run`,
      runs: `${injected - bad.length} / ${injected}`,
      extent,
      ok: bad.length === 0,
      detail: bad.join('\n'),
    }
  }
  const kills = long ? KILLS.long : KILLS.brief
  const killed = await killRuns(kills, moments(kills))
  yield {
    what: `kill -9: ${killed.stored} replicates stored, ${killed.torn} lines torn, ${killed.wrong.length} lost`,
    runs: `${kills - killed.wrong.length} / ${kills}`,
    extent: 'random',
    ok: killed.wrong.length === 0,
    detail: killed.wrong.join('\n'),
  }
}
