import { cases, verify, whyNot } from '../../packages/queue-sab/test/spin/run.mjs'

export const title = 'Spin: waiting, closing and dying, every interleaving'

export async function* rows({ long = false } = {}) {
  const reason = whyNot()
  if (reason !== undefined) {
    yield { what: 'models', runs: 0, extent: '', ok: undefined, detail: reason }
    return
  }
  const all = cases({ long })
  for (const each of all.filter(({ broken }) => !broken)) {
    const { states, errors, complete, trail } = verify(each)
    const ok = errors === 0 && complete
    yield {
      what: `${each.model}: ${each.what}`,
      runs: states,
      extent: complete ? 'complete' : 'cut off',
      ok,
      detail: trail,
    }
  }
  const faults = all.filter(({ broken }) => broken)
  const missed = faults.filter((each) => verify(each).errors === 0)
  yield {
    what: 'faults put into the models and found',
    runs: `${faults.length - missed.length} / ${faults.length}`,
    extent: 'complete',
    ok: missed.length === 0,
    detail: missed.map(({ what }) => what).join('\n'),
  }
}
