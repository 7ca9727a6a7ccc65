import { accessSync, closeSync, constants, lstatSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { errorMessage, type ResultRecord, SpscError } from '@spsc/core'
import { EXPORTERS, type ExportFormat, isExportFormat, type ReportOptions } from '@spsc/report'
import type { Flags } from './program.js'
import { envName } from './settings.js'
import { print, say } from './streams.js'

const STDOUT = '-'
const DEFAULT_FOLDER = 'result_data'

/** Records that are to be written once more, in a form of the reader's choice. */
export interface Export {
  readonly format: ExportFormat
  /** `-`: standard output. */
  readonly path: string
}

/** What `--out` asks for. */
export interface Outputs {
  readonly dir: string
  readonly exports: readonly Export[]
}

function optionError(message: string): SpscError {
  return new SpscError('ERR_OPTION', 'cli', message)
}

/** `csv=path` is an export, all else a folder. */
function exportOf(text: string): Export | undefined {
  const [, format, path] = /^([A-Za-z0-9]+)=(.*)$/s.exec(text) ?? []
  if (format === undefined || path === undefined) return undefined
  if (isExportFormat(format) && path !== '') return { format, path }
  throw optionError(
    `--out is ${JSON.stringify(text)}; allowed: a folder, or FORMAT=FILE with ${Object.keys(EXPORTERS).join(', ')}; a folder of that name is ${JSON.stringify(`./${text}`)}`,
  )
}

function parse(given: readonly string[]): { readonly folder?: string; readonly exports: readonly Export[] } {
  const exports = given.flatMap((text) => exportOf(text) ?? [])
  const [folder, another] = given.filter((text) => exportOf(text) === undefined)
  if (another !== undefined) {
    throw optionError(`--out names the folders ${folder} and ${another}; allowed: one, and any number of FORMAT=FILE`)
  }
  const twice = exports.find(({ path }, index) => exports.findIndex((other) => isSame(other.path, path)) !== index)
  if (twice !== undefined) throw optionError(`--out gives ${twice.path} to two formats; allowed: a file for each`)
  return folder === undefined ? { exports } : { folder, exports }
}

function isSame(path: string, other: string): boolean {
  return path === STDOUT || other === STDOUT ? path === other : resolve(path) === resolve(other)
}

export function usesStdout(exports: readonly Export[]): boolean {
  return exports.some(({ path }) => path === STDOUT)
}

/**
 * Every `--out` of a command, over that of the environment.
 *
 * @throws `ERR_OPTION`
 */
export function settleOutputs(flags: Flags): Outputs {
  const env = process.env[envName('out')]
  const outer = parse(env === undefined ? [] : [env])
  const own = parse((flags.out as readonly string[] | undefined) ?? [])
  const exports = own.exports.length > 0 ? own.exports : outer.exports
  if (flags.json && usesStdout(exports)) throw optionError('--json and an export to - both want stdout; give one')
  return { dir: own.folder ?? outer.folder ?? DEFAULT_FOLDER, exports }
}

/** What is stored is never written over by what is drawn from it. @throws `ERR_OPTION` */
export function checkExportPlaces(exports: readonly Export[], stored: readonly string[]): void {
  for (const { format, path } of exports) {
    if (path === STDOUT || !stored.some((kept) => isSame(kept, path))) continue
    throw optionError(`--out ${format}=${path} would replace what is stored of a run; choose another file`)
  }
}

/** Leaves a file, or its absence, as it was. A pipe or device is only asked: to open it has effects. */
function tryWriting(path: string): void {
  const entry = lstatSync(path, { throwIfNoEntry: false })
  const target = statSync(path, { throwIfNoEntry: false })
  const isPlain = target === undefined || target.isFile() || target.isDirectory()
  if (isPlain) closeSync(openSync(path, 'a'))
  else accessSync(path, constants.W_OK)
  if (entry === undefined) rmSync(path)
}

/** Whether exports can be written; says what can't. */
export function canWrite(exports: readonly Export[]): boolean {
  return exports
    .filter(({ path }) => path !== STDOUT)
    .map((asked) => attempt(asked, tryWriting))
    .every((done) => done)
}

/** Writes every export that can be; says what can't, and then returns false. */
export function writeExports(
  exports: readonly Export[],
  records: readonly ResultRecord[],
  options: ReportOptions,
): boolean {
  return exports
    .map((asked) =>
      attempt(asked, (path) => {
        const text = EXPORTERS[asked.format](records, options)
        if (path === STDOUT) print(text)
        else writeFileSync(path, text)
      }),
    )
    .every((done) => done)
}

function attempt({ format, path }: Export, write: (path: string) => void): boolean {
  try {
    write(path)
    return true
  } catch (error) {
    say(`[spsc] [cli] --out ${format}=${path} can't be written: ${errorMessage(error)}; choose another file`)
    return false
  }
}
