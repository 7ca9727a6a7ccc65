import { SpscError } from '@spsc/core'
import { blocksOf, type Cell, type Plan, type PlanOptions, planCells } from '../plan.js'

const TWIN = ' twin'

/** The label of a row's twin: the same scenario, measured once more in each block. @example twinOf('baseline') // 'baseline twin' */
export function twinOf(scenario: string): string {
  return `${scenario}${TWIN}`
}

export function isTwin(scenario: string): boolean {
  return scenario.endsWith(TWIN)
}

/**
 * A comparison of two rows in randomised blocks: each block measures A, B and A's twin, in an order drawn from the seed.
 * What A and its twin seem to differ by is what this machine makes out of nothing.
 *
 * @throws `ERR_OPTION` where scenarios and queues unfold into another number of rows than two, and as `planRun` does
 *
 * @example
 * const scenarios = [{ name: 'a', settings: {} }, { name: 'b', settings: { queueCap: 8 } }]
 * planComparison({ scenarios, queues, replicates: 10, seed: 1 }).schedule.length // 30
 */
export function planComparison(options: PlanOptions): Plan {
  const [a, b, more] = planCells(options)
  if (a === undefined || b === undefined || more !== undefined) {
    const count = options.queues.length * options.scenarios.length
    throw new SpscError(
      'ERR_OPTION',
      'lab',
      `a comparison is of two rows, and these unfold into ${more === undefined ? count : 'more'}; give two scenarios and one queue, or one scenario and two queues`,
    )
  }
  const twin: Cell = { ...a, number: 3, scenario: { ...a.scenario, name: twinOf(a.scenario.name) } }
  const cells = [a, b, twin]
  const { replicates, seed } = options
  return { cells, replicates, seed, schedule: blocksOf(cells, replicates, seed) }
}
