import { EQUIVALENT } from '../../packages/queue-sab/test/loom/equivalent.js'
import { loadProgram } from '../../packages/queue-sab/test/loom/program.js'
import { MUTATED } from '../../packages/queue-sab/test/loom/runs.js'

export const title = 'Each access to shared memory of queue-sab changed: dropped, reordered, not atomic, elsewhere'

export async function* rows() {
  const program = await loadProgram()
  /** By file: how many mutants there are, are equivalent, are killed. */
  const files = new Map()
  const unlisted = []
  const stale = new Set(EQUIVALENT.keys())
  const begin = performance.now()
  for (const { name, where, killedBy, reached } of program.mutants(MUTATED, { equivalent: EQUIVALENT })) {
    const count = files.get(where.file) ?? { all: 0, equivalent: 0, killed: 0 }
    files.set(where.file, count)
    count.all++
    if (killedBy !== undefined) count.killed++
    else if (EQUIVALENT.has(name)) {
      stale.delete(name)
      count.equivalent++
    } else unlisted.push(`${name} (line ${where.line})${reached ? '' : ': no scenario comes there'}`)
  }
  const ms = performance.now() - begin
  for (const [file, { all, equivalent, killed }] of files) {
    const what = `${file}${equivalent > 0 ? `, ${equivalent} equivalent` : ''}`
    yield { what, runs: `${killed} / ${all - equivalent}`, extent: 'killed', ok: killed === all - equivalent, ms: 0 }
  }
  const counts = [...files.values()]
  const sum = (key) => counts.reduce((total, count) => total + count[key], 0)
  yield {
    what: 'all mutants but the equivalent ones',
    runs: `${sum('killed')} / ${sum('all') - sum('equivalent')}`,
    extent: 'killed',
    ok: unlisted.length === 0,
    ms,
    detail:
      unlisted.length > 0
        ? `Not noticed, and not argued in test/loom/equivalent.js:\n  ${unlisted.join('\n  ')}`
        : undefined,
  }
  yield {
    what: 'mutants argued to be equivalent, none of which is noticed or gone',
    runs: EQUIVALENT.size,
    extent: 'argued',
    ok: stale.size === 0,
    ms: 0,
    detail:
      stale.size > 0 ? `In test/loom/equivalent.js, but noticed or gone:\n  ${[...stale].join('\n  ')}` : undefined,
  }
}
