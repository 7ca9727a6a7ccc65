import { readFileSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { errorMessage, parseSetting, type ScenarioFile, SETTINGS, SpscError, scenarioFileSchema } from '@spsc/core'
import * as v from 'valibot'
import { isMap, isPair, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import { expandRange, isRange, type Parse } from './ranges.js'
import { nearest } from './suggest.js'

const TOP_KEYS = Object.keys(scenarioFileSchema.entries)
const MATRIX_KEYS = ['description', ...SETTINGS]

/** Whether a target of `spsc run` names a file rather than a scenario or suite. */
export function isScenarioFile(target: string): boolean {
  return target.includes('/') || ['.yaml', '.yml', '.json', '.js', '.mjs', '.ts'].includes(extname(target))
}

/** What a file says, and where it says it. */
interface Source {
  readonly value: unknown
  /** Line of a key or value, from 1; undefined where the format has no lines. */
  line(path: readonly PropertyKey[]): number | undefined
}

function fileError(place: string, message: string, cause?: unknown): SpscError {
  return new SpscError('ERR_OPTION', 'scenario file', `${place}: ${message}`, { cause })
}

/** JSON is YAML too, and this parser keeps the position of every key. */
function readYaml(path: string): Source {
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(path, 'utf8'), {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  })
  const lineAt = (offset: number) => lines.linePos(offset).line
  const [error] = document.errors
  if (error !== undefined)
    throw fileError(`${path}:${lineAt(error.pos[0])}`, `is not valid YAML: ${error.message}`, error)
  const line = (keys: readonly PropertyKey[]): number | undefined => {
    let node: unknown = document.contents
    let found: number | undefined
    for (const key of keys) {
      let next: unknown
      if (isMap(node)) {
        const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key)
        const range = (pair?.key as Node | undefined)?.range
        if (range) found = lineAt(range[0])
        next = pair?.value
      }
      node = next
    }
    return found
  }
  return { value: document.toJS(), line }
}

async function readModule(path: string): Promise<Source> {
  const module = (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown }
  return { value: module.default, line: () => undefined }
}

async function read(path: string): Promise<Source> {
  try {
    return ['.js', '.mjs', '.ts'].includes(extname(path)) ? await readModule(path) : readYaml(path)
  } catch (error) {
    if (error instanceof SpscError) throw error
    const unsupported = (error as { code?: string }).code === 'ERR_UNKNOWN_FILE_EXTENSION'
    const cure = unsupported
      ? `; this Node (${process.version}) reads no TypeScript, use 22.18 or newer, or write it as YAML, JSON or .mjs`
      : ''
    throw fileError(path, `can't be read: ${errorMessage(error)}${cure}`, error)
  }
}

function isUnknownKey(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === 'strict_object' && issue.expected === 'never'
}

/** One line for the first thing wrong: where, what, and the nearest valid key. */
function describe(path: string, source: Source, issue: v.BaseIssue<unknown>): SpscError {
  const keys = (issue.path ?? []).map((item) => item.key as PropertyKey)
  const line = source.line(keys)
  const place = line === undefined ? path : `${path}:${line}`
  const name = keys.map(String).join('.')
  if (isUnknownKey(issue)) {
    const key = String(keys.at(-1))
    const known = keys.length === 1 ? TOP_KEYS : MATRIX_KEYS
    const meant = nearest(key, known)
    const cure = meant === undefined ? '' : `; did you mean ${meant}?`
    return fileError(place, `key ${JSON.stringify(name)} is unknown; known: ${known.join(', ')}${cure}`)
  }
  if (issue.received === 'undefined')
    return fileError(place, `${name || 'the file'} is missing; expected ${issue.message}`)
  return fileError(place, `${name || 'the file'} is ${JSON.stringify(issue.input)}; allowed: ${issue.message}`)
}

/** Settings whose ranges are lists; whatever else they hold is for the schema to judge. */
function expandSettings(settings: unknown, keys: readonly string[], path: string, source: Source): unknown {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return settings
  const expanded = SETTINGS.filter((key) => key in settings).map((key) => {
    const given: unknown = (settings as Record<string, unknown>)[key]
    if (![given].flat().some(isRange)) return [key, given]
    const name = [...keys, key].join('.')
    try {
      const parse: Parse<unknown> = (...part) => parseSetting(key, ...part)
      return [key, [given].flat().flatMap((value) => (isRange(value) ? expandRange(value, parse, name) : [value]))]
    } catch (error) {
      const line = source.line([...keys, key])
      const place = line === undefined ? path : `${path}:${line}`
      throw fileError(place, errorMessage(error).replace(/^\[spsc] \[scenario] /, ''), error)
    }
  })
  return { ...settings, ...Object.fromEntries(expanded) }
}

/** A file with lists in the place of ranges. */
function expandRanges(path: string, source: Source): unknown {
  const file = source.value as { defaults?: unknown; scenarios?: unknown } | null | undefined
  if (typeof file !== 'object' || file === null || Array.isArray(file)) return file
  const { defaults, scenarios } = file
  return {
    ...file,
    ...('defaults' in file && { defaults: expandSettings(defaults, ['defaults'], path, source) }),
    ...(typeof scenarios === 'object' &&
      scenarios !== null &&
      !Array.isArray(scenarios) && {
        scenarios: Object.fromEntries(
          Object.entries(scenarios).map(([name, settings]) => [
            name,
            expandSettings(settings, ['scenarios', name], path, source),
          ]),
        ),
      }),
  }
}

/**
 * Reads and checks a file of scenarios (YAML, JSON, or a module's default export).
 *
 * @throws `ERR_OPTION` with path, line and the nearest valid key
 */
export async function readScenarioFile(path: string): Promise<ScenarioFile & { readonly name: string }> {
  const source = await read(path)
  const value = expandRanges(path, source)
  const result = v.safeParse(scenarioFileSchema, value)
  // A mistyped key says more than what is missing in its place.
  if (!result.success) throw describe(path, source, result.issues.find(isUnknownKey) ?? result.issues[0])
  const file = value as ScenarioFile
  // valibot leaves these keys of a record alone, whatever they hold.
  const reserved = Object.keys(file.scenarios).find((name) => ['__proto__', 'constructor', 'prototype'].includes(name))
  if (reserved !== undefined) {
    const line = source.line(['scenarios', reserved])
    throw fileError(
      line === undefined ? path : `${path}:${line}`,
      `a scenario can't be called ${reserved}; choose another name`,
    )
  }
  return { ...file, name: file.name ?? basename(path, extname(path)) }
}
