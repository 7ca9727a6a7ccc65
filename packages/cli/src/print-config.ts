import { SETTINGS } from '@spsc/core'
import { stringify } from 'yaml'
import type { LayeredScenario } from './settings.js'

export interface RunSettings {
  readonly name: string
  readonly queues: readonly string[]
  readonly replicates: number
}

function inline(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow' }).trimEnd()
}

/** What would run, as a scenario file: each setting with a comment that says where its value came from. */
export function renderConfig({ name, queues, replicates }: RunSettings, scenarios: readonly LayeredScenario[]): string {
  const head = [`name: ${inline(name)}`, `queues: ${inline(queues)}`, `replicates: ${replicates}`, 'scenarios:']
  const body = scenarios.flatMap((scenario) => [
    `  ${inline(scenario.name)}:`,
    ...SETTINGS.map((setting) => {
      const { values, origin } = scenario.settings[setting]
      const value = inline(values.length === 1 ? values[0] : values)
      return `    ${`${setting}: ${value}`.padEnd(28)} # ${origin}`
    }),
  ])
  return `${[...head, ...body].join('\n')}\n`
}
