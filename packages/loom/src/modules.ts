import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { compileFunction } from 'node:vm'
import { type Program, parse } from 'acorn'
import { Analysis } from './analysis.js'
import { LoomError } from './errors.js'
import { Runtime } from './runtime.js'
import { Sites } from './sites.js'
import { Transformer } from './transform.js'

export type Exports = Record<string, unknown>

interface Module {
  readonly url: string
  readonly text: string
  readonly program: Program
  /** Import specifiers and what they resolve to. */
  readonly imports: ReadonlyMap<string, string>
}

/** What a thread has for itself. */
export interface World {
  readonly runtime: Runtime
  readonly exportsOf: (url: URL) => Exports
}

type Instantiate = (runtime: Runtime, imported: (source: string) => Exports) => Exports

function specifiersOf(program: Program): string[] {
  return program.body.flatMap((statement) =>
    'source' in statement && statement.source ? [String(statement.source.value)] : [],
  )
}

/**
 * JavaScript modules as written and as transformed. What a module imports by a relative path is transformed too; a package
 * is where `packages` names it, and is imported as it is elsewhere.
 */
export class Modules {
  readonly sites = new Sites()
  /** Variables in which a closure may keep state that can't be looked at. */
  hidden: readonly string[] = []
  readonly #packages: readonly string[]
  readonly #modules = new Map<string, Module>()
  readonly #foreign = new Map<string, Exports>()
  readonly #worlds: World[] = []
  readonly #code = new Map<string, Instantiate>()

  private constructor(packages: readonly string[]) {
    this.#packages = packages
  }

  /** @throws `ERR_UNSUPPORTED` · what reading or parsing throws */
  static async load(entries: readonly URL[], packages: readonly string[] = []): Promise<Modules> {
    const modules = new Modules(packages)
    for (const { href } of entries) await modules.#read(href)
    const analysis = new Analysis()
    for (const { program, imports } of modules.#modules.values()) {
      analysis.add(program, (source) => modules.#modules.has(imports.get(source) as string))
    }
    analysis.resolve()
    modules.hidden = [...analysis.hidden]
    for (const { url, text, program } of modules.#modules.values()) {
      const code = new Transformer(text, analysis, modules.sites, url).module(program)
      modules.#code.set(url, compileFunction(code, ['$', 'imported'], { filename: `${url}?loom` }) as Instantiate)
    }
    return modules
  }

  /**
   * A thread's world, by number: the same one at each call, as an engine makes code fast by what has passed through it. So
   * only one execution at a time may use it.
   */
  world(number: number): World {
    const known = this.#worlds[number]
    if (known) return known
    const runtime = new Runtime()
    const world = { runtime, exportsOf: this.#instantiate(runtime) }
    this.#worlds[number] = world
    return world
  }

  /** The modules' exports in a thread of their own; the same module is instantiated once. */
  #instantiate(runtime: Runtime): (url: URL) => Exports {
    const instances = new Map<string, Exports>()
    const begun = new Set<string>()
    const instance = (url: string): Exports => {
      const known = instances.get(url) ?? this.#foreign.get(url)
      if (known) return known
      if (begun.has(url)) {
        throw new LoomError(
          'ERR_UNSUPPORTED',
          `${url} imports itself by way of ${[...begun].join(' and ')}; allowed: imports without a circle; bundle them`,
        )
      }
      begun.add(url)
      const { imports } = this.#modules.get(url) as Module
      const exports = (this.#code.get(url) as Instantiate)(runtime, (source) => instance(imports.get(source) as string))
      instances.set(url, exports)
      begun.delete(url)
      return exports
    }
    return ({ href }) => instance(href)
  }

  async #read(url: string): Promise<void> {
    if (this.#modules.has(url)) return
    const path = fileURLToPath(url)
    if (!/\.m?js$/.test(path)) {
      throw new LoomError('ERR_UNSUPPORTED', `${url} is not JavaScript; allowed: .js, .mjs; name what is built from it`)
    }
    const text = readFileSync(path, 'utf8')
    if (existsSync(`${path}.map`)) this.sites.map(url, readFileSync(`${path}.map`, 'utf8'))
    const program = parse(text, { ecmaVersion: 'latest', sourceType: 'module', locations: true })
    const imports = new Map<string, string>()
    this.#modules.set(url, { url, text, program, imports })
    for (const specifier of specifiersOf(program)) {
      const isRelative = /^\.{0,2}\//.test(specifier)
      const resolved = resolve(specifier, url)
      imports.set(specifier, resolved)
      if (isRelative || this.#packages.includes(specifier)) await this.#read(resolved)
      else if (!this.#foreign.has(resolved)) this.#foreign.set(resolved, (await import(resolved)) as Exports)
    }
  }
}

function resolve(specifier: string, from: string): string {
  if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, from).href
  const path = createRequire(from).resolve(specifier)
  return path === specifier || path.startsWith('node:') ? path : pathToFileURL(path).href
}
