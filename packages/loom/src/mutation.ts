import type { Distortion, Execution } from './execution.js'
import { POINT } from './execution.js'
import type { SharedMemory } from './memory.js'
import { NOWHERE, type Operation, operation, type Steps, type View } from './operation.js'
import type { Thread } from './thread.js'

/*
 * What a mutant makes of one access of the source:
 *
 *   drop     it does not happen; what it gives is what would let the code go on: a compareExchange that succeeded, a 0
 *   reorder  it changes places with a neighbour: a write, or the write of a read-modify-write, a notify or a plain read,
 *            happens after the thread's next atomic operation; a load before the thread's last access
 *   weaken   it is not atomic: plain reads and writes in its place
 *   word     it is of another word: the next one that the protocol uses, or the next slot
 */
export const MUTATIONS = ['drop', 'reorder', 'weaken', 'word'] as const
export type Mutation = (typeof MUTATIONS)[number]

export interface Mutant {
  readonly site: number
  readonly mutation: Mutation
}

/** What nothing is ordered by. */
const PLAIN = ['get', 'set', 'await']

const MODIFIES = ['add', 'sub', 'and', 'or', 'xor', 'exchange', 'compareExchange']

/** What can be made of an access by this operation. */
export function mutationsOf(kind: string, racy: boolean): readonly Mutation[] {
  if (kind === 'get') return racy ? ['drop', 'word'] : ['reorder', 'word']
  if (kind === 'set') return ['drop', 'reorder', 'word']
  if (kind === 'notify') return ['drop', 'reorder', 'word']
  if (kind === 'wait' || kind === 'waitAsync') return ['drop', 'word']
  return MUTATIONS
}

/** A word of 32 bits: of which buffer of an execution, and which. */
interface Word {
  readonly buffer: number
  readonly index: number
}

/** Where each thread has made an access, by `site`; and which words are accessed atomically. */
export class Coverage {
  readonly #places = new Map<string, Word>()
  readonly kinds = new Map<number, string>()
  /** By buffer. */
  readonly #words = new Map<number, Set<number>>()

  add(thread: number, { site, kind, view, index }: Operation, memory: SharedMemory): void {
    if (site < 0 || view === NOWHERE) return
    this.kinds.set(site, kind)
    if (kind === 'get' || kind === 'set') return
    const buffer = memory.numberOf(view.buffer)
    const word = (view.byteOffset >> 2) + index
    this.#places.set(`${thread} ${site}`, { buffer, index: word })
    const words = this.#words.get(buffer)
    if (words) words.add(word)
    else this.#words.set(buffer, new Set([word]))
  }

  /** The word that `thread` accessed atomically last at `site`. */
  place(thread: number, site: number): Word | undefined {
    return this.#places.get(`${thread} ${site}`)
  }

  /** The word that a `word` mutant takes in place of that of `access`. */
  otherWord({ view, index }: Operation, memory: SharedMemory): { readonly view: View; readonly index: number } {
    const words = [...(this.#words.get(memory.numberOf(view.buffer)) ?? [])].sort((a, b) => a - b)
    const at = words.indexOf((view.byteOffset >> 2) + index)
    if (at < 0 || view.BYTES_PER_ELEMENT !== 4 || words.length < 2) return { view, index: (index + 1) % view.length }
    return { view: new Int32Array(view.buffer), index: words[(at + 1) % words.length] as number }
  }
}

/** Makes threads do what `mutant` says. */
export function distortionOf({ site, mutation }: Mutant, coverage: Coverage): Distortion {
  return (steps, thread, execution) => {
    if (mutation === 'reorder') return reordered(steps, site, thread, execution, coverage)
    return replaced(steps, site, (access) => {
      if (mutation === 'drop') return dropped(access)
      if (mutation === 'weaken') return weakened(access)
      return elsewhere(access, coverage, execution.memory)
    })
  }
}

/** What is done by itself instead of what the source says, so that it is no access of the source any more. */
function instead(kind: string, { view, index, site }: Operation, value?: unknown, extra?: unknown): Operation {
  return operation(kind, site, view, index, value, extra)
}

function* replaced(steps: Steps, site: number, replacement: (access: Operation) => Steps): Steps {
  for (let answer: unknown; ; ) {
    const { done, value } = steps.next(answer)
    if (done) return value
    answer = value.site === site ? yield* replacement(value) : yield value
  }
}

// biome-ignore lint/correctness/useYield: nothing is done
function* dropped({ kind, value }: Operation): Steps {
  if (kind === 'compareExchange') return value
  if (kind === 'wait') return 'ok'
  if (kind === 'waitAsync') return { async: false, value: 'ok' }
  return kind === 'load' || kind === 'get' || kind === 'notify' ? 0 : undefined
}

function* weakened(access: Operation): Steps {
  const { kind, value, extra } = access
  if (kind === 'load') return yield instead('get', access)
  if (kind === 'store') return yield instead('set', access, value)
  const old = (yield instead('get', access)) as number
  const next = modified(kind, old, value as number, extra as number)
  if (next !== undefined) yield instead('set', access, next)
  return old
}

/** What a read-modify-write leaves; `undefined`: nothing new. */
function modified(kind: string, old: number, value: number, extra: number): number | undefined {
  switch (kind) {
    case 'add':
      return old + value
    case 'sub':
      return old - value
    case 'and':
      return old & value
    case 'or':
      return old | value
    case 'xor':
      return old ^ value
    case 'exchange':
      return value
    default:
      return old === value ? extra : undefined
  }
}

function* elsewhere(access: Operation, coverage: Coverage, memory: SharedMemory): Steps {
  const { view, index } = coverage.otherWord(access, memory)
  return yield operation(access.kind, access.site, view, index, access.value, access.extra)
}

function* reordered(steps: Steps, site: number, { index }: Thread, execution: Execution, coverage: Coverage): Steps {
  /** What has yet to happen, and whether the next atomic operation has. */
  let late: { readonly access: Operation; passed: boolean; readonly read: unknown } | undefined
  let early: unknown
  for (let answer: unknown; ; ) {
    const { done, value: access } = steps.next(answer)
    if (late !== undefined && (done || late.passed)) {
      const again = yield late.access
      if (late.access.kind === 'get' && !Object.is(again, late.read)) throw new Error('read later it is another value')
      late = undefined
    }
    if (done) return access
    const { kind, value, extra } = access
    if (access.site !== site || late !== undefined) {
      const place = coverage.place(index, site)
      // A load that comes before this access, as far as its word is known.
      if (coverage.kinds.get(site) === 'load' && place && access.kind !== 'await') {
        early = yield operation('load', site, execution.memory.wordsOf(place.buffer), place.index)
      }
      answer = yield access
      if (late !== undefined && !PLAIN.includes(access.kind)) late.passed = true
    } else if (kind === 'load') answer = early ?? (yield access)
    else if (kind === 'get') {
      answer = yield access
      if (!execution.isRacy(access))
        late = { access: instead('get', access, undefined, POINT), passed: false, read: answer }
    } else if (kind === 'set' || kind === 'store' || kind === 'notify') {
      answer = kind === 'notify' ? 0 : value
      late = { access: instead(kind, access, value, POINT), passed: false, read: undefined }
    } else if (MODIFIES.includes(kind)) {
      answer = yield instead('load', access)
      const succeeds = kind !== 'compareExchange' || answer === value
      const then = kind === 'compareExchange' || kind === 'exchange' ? 'store' : kind
      const written = kind === 'compareExchange' ? extra : value
      if (succeeds) late = { access: instead(then, access, written), passed: false, read: undefined }
    } else answer = yield access
  }
}
