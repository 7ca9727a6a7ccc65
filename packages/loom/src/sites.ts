import { SourceMap } from 'node:module'
import { basename } from 'node:path'

/** One access to shared memory in the source. */
export interface Site {
  readonly url: string
  readonly line: number
  /** From 0. */
  readonly column: number
  /** The function around it, `Class.method`. */
  readonly within: string
  readonly operation: string
}

/** What a source map is parsed from, in the form of `node:module`. */
type SourceMapPayload = ConstructorParameters<typeof SourceMap>[0]

/** All accesses of the transformed modules; a site's number is its index. */
export class Sites {
  readonly all: Site[] = []
  readonly #maps = new Map<string, SourceMap>()
  /** The text of an original file, by the module's URL. */
  readonly #sources = new Map<string, (file: string) => string | undefined>()
  readonly #names: string[] = []

  /** @param map text of the module's source map */
  map(url: string, map: string): void {
    const payload = JSON.parse(map) as SourceMapPayload
    this.#maps.set(url, new SourceMap(payload))
    this.#sources.set(
      url,
      (file) => payload.sourcesContent?.[payload.sources.findIndex((source) => original(source) === file)],
    )
  }

  add(site: Site): number {
    return this.all.push(site) - 1
  }

  /** Where it stands in the file it was written in, or in the module where that has no source map. */
  where(site: number): { readonly file: string; readonly line: number } {
    const { url, line, column } = this.all[site] as Site
    const origin = this.#maps.get(url)?.findEntry(line - 1, column)
    if (!origin || !('originalSource' in origin)) return { file: basename(url), line }
    return { file: original(origin.originalSource), line: origin.originalLine + 1 }
  }

  /** `src/ring/words.ts publish exchange`: the same as long as the code is, wherever its lines are. */
  name(site: number): string {
    const bare = this.#bareName(site)
    const same = this.all.flatMap((_, i) => (this.#bareName(i) === bare ? i : []))
    return same.length > 1 ? `${bare} ${same.indexOf(site) + 1}` : bare
  }

  #bareName(site: number): string {
    const known = this.#names[site]
    if (known !== undefined) return known
    const { url, within, operation } = this.all[site] as Site
    const { file } = this.where(site)
    // A bundler makes names differ by a number that is not in the source.
    const source = this.#sources.get(url)?.(file) ?? within
    const original = within.split('.').map((part) => (source.includes(part) ? part : part.replace(/\d+$/, '')))
    const name = `${file} ${original.join('.')} ${operation}`
    this.#names[site] = name
    return name
  }
}

/** A source's path as a map has it, without the way to it. */
function original(source: string): string {
  return source.replace(/^(\.\.\/)*/, '')
}
