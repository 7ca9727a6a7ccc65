import {
  kebab,
  type PluginRef,
  parseScenario,
  type Scenario,
  type ScenarioInput,
  type Setting,
  SpscError,
  seededRandom,
} from '@spsc/core'

/** A scenario before the matrix is unfolded: each setting has one value or several. */
export interface ScenarioMatrix {
  readonly name: string
  readonly settings: { readonly [Key in Setting]?: ScenarioInput[Key] | readonly NonNullable<ScenarioInput[Key]>[] }
}

/** A queue as the reader called it, and where it comes from. */
export interface QueueChoice {
  readonly label: string
  readonly backend: PluginRef
}

/** One combination of settings and queue: what a row of the report shows. */
export interface Cell {
  readonly scenario: Scenario
  readonly queue: QueueChoice
}

/** One replicate to measure. */
export interface Replicate {
  readonly cell: Cell
  /** From 1: replicate k of every cell is measured in block k. */
  readonly replicate: number
  /** Position in the order of measurement, from 1. */
  readonly order: number
  /** Seeds whatever this replicate draws. */
  readonly seed: number
}

export interface Plan {
  readonly cells: readonly Cell[]
  readonly replicates: number
  readonly seed: number
  /** Every replicate in the order of measurement. */
  readonly schedule: readonly Replicate[]
}

export const MAX_REPLICATES = 10_000

/** All combinations, the last setting varying fastest. A scenario's label adds the settings that vary: `baseline queue-cap=8`. */
export function unfold({ name, settings }: ScenarioMatrix): Scenario[] {
  let combinations: { label: string; input: Record<string, unknown> }[] = [{ label: name, input: {} }]
  for (const [key, given] of Object.entries(settings)) {
    const values = Array.isArray(given) ? given : [given]
    combinations = combinations.flatMap(({ label, input }) =>
      values.map((value) => ({
        label: values.length > 1 ? `${label} ${kebab(key)}=${value}` : label,
        input: { ...input, [key]: value },
      })),
    )
  }
  return combinations.map(({ label, input }) => parseScenario(label, input as ScenarioInput))
}

/** Fisher–Yates. */
function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[result[i], result[j]] = [result[j] as Item, result[i] as Item]
  }
  return result
}

/**
 * Randomised complete blocks: block k measures replicate k of every cell, in an order drawn from the seed, so that a
 * machine that drifts during the run favours no cell.
 *
 * @throws `ERR_OPTION` for a number of replicates or a seed out of range, or two cells of the same name
 *
 * @example
 * planRun({ scenarios: [{ name: 'mine', settings: { queueCap: [8, 64] } }], queues, replicates: 10, seed: 1 })
 */
export function planRun(options: {
  readonly scenarios: readonly ScenarioMatrix[]
  readonly queues: readonly QueueChoice[]
  readonly replicates: number
  readonly seed: number
}): Plan {
  const { scenarios, queues, replicates, seed } = options
  if (!Number.isInteger(replicates) || replicates < 1 || replicates > MAX_REPLICATES) {
    throw new SpscError(
      'ERR_OPTION',
      'lab',
      `replicates is ${replicates}; allowed: an integer from 1 to ${MAX_REPLICATES}`,
    )
  }
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new SpscError('ERR_OPTION', 'lab', `seed is ${seed}; allowed: an integer from 0 to ${2 ** 32 - 1}`)
  }
  const cells = scenarios.flatMap(unfold).flatMap((scenario) => queues.map((queue) => ({ scenario, queue })))
  const keys = cells.map(({ scenario, queue }) => cellKey(scenario.name, queue.label))
  const twice = keys.find((key, index) => keys.indexOf(key) !== index)
  if (twice !== undefined)
    throw new SpscError('ERR_OPTION', 'lab', `${twice} is asked for twice; name each scenario and queue once`)
  const random = seededRandom(seed)
  const blocks = Array.from({ length: replicates }, (_, block) =>
    shuffled(cells, random).map((cell) => ({ cell, replicate: block + 1 })),
  )
  const schedule = blocks
    .flat()
    .map((item, index) => ({ ...item, order: index + 1, seed: Math.floor(random() * 2 ** 32) }))
  return { cells, replicates, seed, schedule }
}

/** What tells one cell from another, in words. */
export function cellKey(scenario: string, queue: string): string {
  return `${scenario} on ${queue}`
}
