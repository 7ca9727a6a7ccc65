import { SETTINGS } from '@spsc/core'
import { unfold } from '@spsc/lab'
import { stringify } from 'yaml'
import type { RunOptions } from './run-options.js'
import { type LayeredScenario, toMatrix } from './settings.js'

function inline(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()
}

/** A scenario for each combination of its values, by the name that it is measured under. */
function combinationsOf(scenario: LayeredScenario): readonly LayeredScenario[] {
  return unfold(toMatrix(scenario)).map((combination) => {
    const settings = { ...scenario.settings }
    for (const setting of SETTINGS) {
      settings[setting] = { values: [combination[setting]], origin: settings[setting].origin }
    }
    return { name: combination.name, settings }
  })
}

/** `t001 baseline` has two of one name, and a file names each of its scenarios once. */
function distinctlyNamed(scenarios: readonly LayeredScenario[]): readonly LayeredScenario[] {
  const isTwice = ({ name }: LayeredScenario) => scenarios.filter((other) => other.name === name).length > 1
  return scenarios.flatMap((scenario) => (isTwice(scenario) ? combinationsOf(scenario) : [scenario]))
}

/**
 * What would run, as a scenario file: each setting with a comment that says where its value came from.
 *
 * @param options no two cells of which have one name
 */
export function renderConfig({ place, queues, replicates, scenarios }: RunOptions): string {
  const labels = queues.map(({ label }) => label)
  const head = [`name: ${inline(place.name)}`, `queues: ${inline(labels)}`, `replicates: ${replicates}`, 'scenarios:']
  const body = distinctlyNamed(scenarios).flatMap((scenario) => [
    `  ${inline(scenario.name)}:`,
    ...SETTINGS.map((setting) => {
      const { values, origin } = scenario.settings[setting]
      const value = inline(values.length === 1 ? values[0] : values)
      return `    ${`${setting}: ${value}`.padEnd(28)} # ${origin}`
    }),
  ])
  return `${[...head, ...body].join('\n')}\n`
}
