import { SCENARIOS, SUITES, type Suite } from '@spsc/lab'
import { isScenarioFile, readScenarioFile } from './scenario-file.js'
import { type Layer, settingsLayer } from './settings.js'
import { unknownName } from './suggest.js'

/** What the positional arguments of `spsc run` stand for. */
export interface Targets {
  /** Name of the run where none is given. */
  readonly name: string
  /** Each scenario with the layers it starts from. */
  readonly scenarios: readonly { readonly name: string; readonly layers: readonly Layer[] }[]
  /** What a file asks for beside scenarios. */
  readonly queues?: readonly string[]
  readonly replicates?: number
  /** What a suite asks for. */
  readonly collectors?: readonly string[]
}

export const SUITE_NAMES: readonly string[] = Object.keys(SUITES)

function builtIn(name: string): Targets['scenarios'][number] {
  return { name, layers: [settingsLayer(SCENARIOS[name] as object, `scenario ${name}`)] }
}

function suiteTargets(name: string, { scenarios, settings = {}, replicates, collectors }: Suite): Targets {
  const shared = settingsLayer(settings, `suite ${name}`)
  return {
    name,
    scenarios: scenarios.map(builtIn).map((scenario) => ({ ...scenario, layers: [...scenario.layers, shared] })),
    ...(replicates !== undefined && { replicates }),
    ...(collectors && { collectors }),
  }
}

async function resolveTarget(target: string): Promise<Targets> {
  if (isScenarioFile(target)) {
    const file = await readScenarioFile(target)
    const shared = settingsLayer(file.defaults ?? {}, target)
    const scenarios = Object.entries(file.scenarios).map(([name, settings]) => ({
      name,
      layers: [shared, settingsLayer(settings, target)],
    }))
    const { name, queues, replicates } = file
    return { name, scenarios, ...(queues && { queues }), ...(replicates !== undefined && { replicates }) }
  }
  if (Object.hasOwn(SCENARIOS, target)) return { name: target, scenarios: [builtIn(target)] }
  const suite = Object.hasOwn(SUITES, target) ? SUITES[target] : undefined
  if (suite !== undefined) return suiteTargets(target, suite)
  throw unknownName(
    'cli',
    'scenario or suite',
    target,
    [...Object.keys(SUITES), ...Object.keys(SCENARIOS)],
    ', and files',
  )
}

/** @throws `ERR_UNKNOWN` for a name that is neither scenario nor suite, `ERR_OPTION` for a file that is wrong */
export async function resolveTargets(targets: readonly string[]): Promise<Targets> {
  const resolved = await Promise.all(targets.map(resolveTarget))
  const queues = resolved.flatMap((target) => target.queues ?? [])
  const collectors = resolved.flatMap((target) => target.collectors ?? [])
  const replicates = Math.max(0, ...resolved.map((target) => target.replicates ?? 0))
  return {
    name: resolved.map((target) => target.name).join('-'),
    scenarios: resolved.flatMap((target) => target.scenarios),
    ...(queues.length > 0 && { queues: [...new Set(queues)] }),
    ...(replicates > 0 && { replicates }),
    ...(collectors.length > 0 && { collectors: [...new Set(collectors)] }),
  }
}
