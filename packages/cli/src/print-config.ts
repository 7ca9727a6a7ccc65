import { SETTINGS } from '@spsc/core'
import { stringify } from 'yaml'
import type { RunOptions } from './run-options.js'

function inline(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()
}

/** What would run, as a scenario file: each setting with a comment that says where its value came from. */
export function renderConfig({ place, queues, replicates, scenarios }: RunOptions): string {
  const labels = queues.map(({ label }) => label)
  const head = [`name: ${inline(place.name)}`, `queues: ${inline(labels)}`, `replicates: ${replicates}`, 'scenarios:']
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
