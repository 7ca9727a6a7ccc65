import { DEFAULTS, kebab, type ResultRecord, type Scenario, SETTINGS, type Setting } from '@spsc/core'
import { type Cell, cellsOf } from './cells.js'
import { type Block, code, type Inline, inline, joined, paragraphs, strong } from './section.js'

const METRICS = inline`${strong('Metrics')}: latency (push to pop: from the call of push to the return of pop), p50, p95 and p99 of the delivered items; response (below); ops/s, delivered items per wall second; drop rate, dropped / offered items. Dropped items have no latency: read it beside the drop rate.`

function flags(config: Partial<Scenario>, keys: readonly Setting[]): Inline {
  return code(keys.map((key) => `--${kebab(key)} ${config[key] ?? 'unknown'}`).join(' '))
}

function scenariosOf(cells: readonly Cell[]): ReadonlyMap<string, Scenario> {
  return new Map(cells.map(({ scenario, records }) => [scenario, (records[0] as ResultRecord).config]))
}

function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`
}

function goal(cells: readonly Cell[], scenarios: number): Inline {
  const queues = [...new Set(cells.map(({ queue }) => queue))]
  const counts = cells.map(({ records }) => records.length)
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)]
  const replicates = fewest === most ? counted(most, 'replicate') : `${fewest} to ${most} replicates`
  const named = joined(queues.map(code), ', ')
  return inline`${strong('Goal')}: latency, throughput and drops of a queue between two threads: ${counted(scenarios, 'scenario')} × ${counted(queues.length, 'queue')} (${named}) × ${replicates}.`
}

/** The settings that no default explains: each row's own in parentheses, those of all rows at the end. */
function scenarioList(scenarios: ReadonlyMap<string, Scenario>): Inline {
  const configs = [...scenarios.values()]
  const [first] = configs
  const changed = SETTINGS.filter((key) => configs.some((config) => config[key] !== DEFAULTS[key]))
  const common = changed.filter((key) => configs.every((config) => config[key] === first?.[key]))
  const names = [...scenarios].map(([name, config]) => {
    const own = changed.filter((key) => !common.includes(key) && config[key] !== DEFAULTS[key])
    return own.length === 0 ? code(name) : inline`${code(name)} (${flags(config, own)})`
  })
  const ofAll =
    common.length === 0 ? '' : inline`; ${names.length === 1 ? '' : 'all '}with ${flags(first ?? {}, common)}`
  return inline`${strong('Scenarios')}: ${joined(names, ', ')}${ofAll}.`
}

/** What a report begins with: goal, scenarios, metrics. Nothing where nothing is stored. */
export function headBlocks(records: readonly ResultRecord[]): readonly Block[] {
  if (records.length === 0) return []
  const cells = cellsOf(records)
  const scenarios = scenariosOf(cells)
  return paragraphs(goal(cells, scenarios.size), scenarioList(scenarios), METRICS)
}

/** The settings that the head leaves out: those that are, in some row at least, the default. */
export function otherSettings(records: readonly ResultRecord[]): readonly Inline[] {
  const configs = [...scenariosOf(cellsOf(records)).values()]
  const usual = SETTINGS.filter((key) => configs.some((config) => config[key] === DEFAULTS[key]))
  return usual.length === 0 ? [] : [inline`Settings, where a scenario has no other: ${flags(DEFAULTS, usual)}`]
}
