import { DEFAULTS, kebab, parseSetting, SETTINGS, type Setting, SpscError } from '@spsc/core'
import type { ScenarioMatrix } from '@spsc/lab'
import type { Flags } from './program.js'
import { expandRange, type Parse } from './ranges.js'

/** A setting as one layer gives it. */
interface Given {
  readonly values: readonly unknown[]
  /** How the reader spelled it: `--queue-cap`, `SPSC_QUEUE_CAP`, `sizes.yaml`, `scenario affinity`. */
  readonly origin: string
}

/** Settings of one origin; a later layer wins over an earlier one. */
export type Layer = Partial<Record<Setting, Given>>

/** A scenario with every setting's value and where it came from. */
export interface LayeredScenario {
  readonly name: string
  readonly settings: Readonly<Record<Setting, Given>>
}

export const envName = (option: string) => `SPSC_${option.toUpperCase().replaceAll('-', '_')}`

/** An option that is no setting of a scenario: the flag, else the environment, else what a file or we say. */
export function option(flags: Flags, name: string, fallback: string): string
export function option(flags: Flags, name: string): string | undefined
export function option(flags: Flags, name: string, fallback?: string): string | undefined {
  return (flags[name] as string | undefined) ?? process.env[envName(name)] ?? fallback
}

/** `8,64` given once or in pieces, as its parts. */
export function splitList(given: string | readonly string[]): string[] {
  return [given].flat().flatMap((part) => part.split(','))
}

/** Items per second. @throws `ERR_OPTION` */
export function parseRate(rate: string, origin: string): number {
  const perS = Number(rate)
  if (rate.trim() !== '' && perS > 0 && perS <= 1e9) return perS
  throw new SpscError(
    'ERR_OPTION',
    'scenario',
    `${origin} is ${JSON.stringify(rate)}; allowed: items per second, more than 0, at most 1000000000`,
  )
}

/** The values of a list whose parts may be ranges. */
function listOf<Value>(given: string | readonly string[], parse: Parse<Value>, origin: string): Value[] {
  return splitList(given).flatMap((part) => expandRange(part, parse, origin))
}

/** One layer from text by option name, as flags and the environment have it. */
function textLayer(
  given: (option: string) => string | readonly string[] | undefined,
  spelled: (option: string) => string,
): Layer {
  const layer: Layer = {}
  for (const setting of SETTINGS) {
    const option = kebab(setting)
    const values = given(option)
    if (values === undefined) continue
    const origin = spelled(option)
    layer[setting] = { values: listOf(values, (...part) => parseSetting(setting, ...part), origin), origin }
  }
  const rate = given('rate')
  if (rate !== undefined) {
    const origin = spelled('rate')
    if (layer.prodIntervalUs !== undefined) {
      throw new SpscError(
        'ERR_OPTION',
        'scenario',
        `${origin} and ${layer.prodIntervalUs.origin} say the same in two ways; give one`,
      )
    }
    // Another spelling of the interval.
    const values = listOf(rate, parseRate, origin).map((perS) => 1e6 / perS)
    layer.prodIntervalUs = { values, origin }
  }
  return layer
}

export function flagLayer(flags: Readonly<Record<string, string | readonly string[] | undefined>>): Layer {
  return textLayer(
    (option) => flags[option],
    (option) => `--${option}`,
  )
}

export function envLayer(env: NodeJS.ProcessEnv): Layer {
  return textLayer((option) => env[envName(option)], envName)
}

/** A layer from settings that are typed already: a scenario of ours, or one of a file. */
export function settingsLayer(settings: object, origin: string): Layer {
  const layer: Layer = {}
  for (const setting of SETTINGS) {
    const value = (settings as Partial<Record<Setting, unknown>>)[setting]
    if (value !== undefined) layer[setting] = { values: [value].flat(), origin }
  }
  return layer
}

/** Flags over environment over file over defaults: the last layer that gives a setting has it. */
export function layered(name: string, layers: readonly Layer[]): LayeredScenario {
  return { name, settings: Object.assign({}, settingsLayer(DEFAULTS, 'default'), ...layers) }
}

export function toMatrix({ name, settings }: LayeredScenario): ScenarioMatrix {
  const entries = SETTINGS.map((setting) => [setting, settings[setting].values] as const)
  return { name, settings: Object.fromEntries(entries) as ScenarioMatrix['settings'] }
}
