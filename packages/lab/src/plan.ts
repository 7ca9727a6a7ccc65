import {
  cellKey,
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
  /** Position in the plan, from 1. */
  readonly number: number
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
/** A matrix of more is a slip of the pen: half a second each would take over an hour per replicate. */
export const MAX_CELLS = 10_000

/**
 * Seconds a replicate takes beyond its phases, until a run has seen its own: a process and two threads to start and
 * end. For estimates only.
 */
export const OVERHEAD_S = 0.4

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

/** Number of cells of a matrix, without making them. */
function countCells(scenarios: readonly ScenarioMatrix[], queues: readonly QueueChoice[]): number {
  const combinations = ({ settings }: ScenarioMatrix) =>
    Object.values(settings).reduce<number>((product, given) => product * [given].flat().length, 1)
  return queues.length * scenarios.reduce((sum, scenario) => sum + combinations(scenario), 0)
}

function cellsOf(scenarios: readonly ScenarioMatrix[], queues: readonly QueueChoice[]): Cell[] {
  const count = countCells(scenarios, queues)
  if (count > MAX_CELLS) {
    throw new SpscError(
      'ERR_OPTION',
      'lab',
      `the lists unfold into ${count} cells; allowed: at most ${MAX_CELLS}; give fewer values or take longer steps`,
    )
  }
  const cells = scenarios
    .flatMap(unfold)
    .flatMap((scenario) => queues.map((queue) => ({ scenario, queue })))
    .map((cell, index) => ({ number: index + 1, ...cell }))
  const keys = new Set<string>()
  for (const { scenario, queue } of cells) {
    const key = cellKey({ scenario: scenario.name, queue: queue.label })
    if (keys.has(key)) {
      const name = `${scenario.name} on ${queue.label}`
      throw new SpscError('ERR_OPTION', 'lab', `${name} is asked for twice; name each scenario and queue once`)
    }
    keys.add(key)
  }
  return cells
}

/** What a plan is made of. */
export interface PlanOptions {
  readonly scenarios: readonly ScenarioMatrix[]
  readonly queues: readonly QueueChoice[]
  readonly replicates: number
  readonly seed: number
}

/** Every cell of a matrix. @throws `ERR_OPTION` as {@link planRun} does */
export function planCells({ scenarios, queues, replicates, seed }: PlanOptions): readonly Cell[] {
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
  return cellsOf(scenarios, queues)
}

/** Randomised complete blocks: block k is replicate k of every cell, in an order drawn from the seed. */
export function blocksOf(cells: readonly Cell[], replicates: number, seed: number): readonly Replicate[] {
  const random = seededRandom(seed)
  const blocks = Array.from({ length: replicates }, (_, block) =>
    shuffled(cells, random).map((cell) => ({ cell, replicate: block + 1 })),
  )
  return blocks.flat().map((item, index) => ({ ...item, order: index + 1, seed: Math.floor(random() * 2 ** 32) }))
}

/**
 * Randomised complete blocks: block k measures replicate k of every cell, in an order drawn from the seed, so that a
 * machine that drifts during the run favours no cell.
 *
 * @throws `ERR_OPTION` for a number of replicates or a seed out of range, two cells of the same name, or more than
 * {@link MAX_CELLS} cells
 *
 * @example
 * planRun({ scenarios: [{ name: 'mine', settings: { queueCap: [8, 64] } }], queues, replicates: 10, seed: 1 })
 */
export function planRun(options: PlanOptions): Plan {
  const cells = planCells(options)
  const { replicates, seed } = options
  return { cells, replicates, seed, schedule: blocksOf(cells, replicates, seed) }
}

/** What some replicates will take, apart from what is learned on the way: seconds of their phases, and their number. */
export interface WorkTime {
  readonly phasesS: number
  readonly replicates: number
}

/** The work of some replicates of one scenario. */
export function workTime({ warmup, duration }: Scenario, replicates: number): WorkTime {
  return { phasesS: (warmup + duration) * replicates, replicates }
}

/** Seconds. @param overheadS what each replicate needs besides its phases */
export function estimateS({ phasesS, replicates }: WorkTime, overheadS: number = OVERHEAD_S): number {
  return phasesS + replicates * overheadS
}

/** The work of many replicates. */
export function workOf(replicates: readonly Replicate[]): WorkTime {
  const phasesS = replicates.reduce((sum, { cell }) => sum + workTime(cell.scenario, 1).phasesS, 0)
  return { phasesS, replicates: replicates.length }
}
