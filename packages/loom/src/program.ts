import { type Choice, Execution, type Failure } from './execution.js'
import { Modules } from './modules.js'
import { Coverage, distortionOf, type Mutant, type Mutation, mutationsOf } from './mutation.js'
import { type SampleOptions, sample } from './sample.js'
import { parseSchedule, scheduleText } from './schedule.js'
import { type SearchOptions, type SearchReport, search } from './search.js'
import { retrace } from './trace.js'

export interface ProgramOptions {
  /** The JavaScript module that is checked, as it ships. */
  readonly subject: URL
  /** The module whose exports are scenarios. */
  readonly scenarios: URL
  /** Packages that the subject imports and that touch shared memory; others are imported as they are. */
  readonly packages?: readonly string[]
}

/** A scenario by its name, and what it is made with. */
export interface Run {
  readonly name: string
  readonly parameters?: unknown
  /** How often the scheduler may take a thread's turn away though it could go on; absent: without limit. */
  readonly preemptions?: number
}

export interface Report extends Omit<SearchReport, 'failure'> {
  readonly title: string
  /** The simplest that was found: by the fewest preemptions. */
  readonly failure?: Failure & {
    /** To replay it. */
    readonly schedule: string
    /** What the threads did, side by side. */
    readonly trace: string
  }
}

export interface MutantReport {
  /** The same as long as the code is: `src/ring/words.ts publish exchange: drop`. */
  readonly name: string
  readonly where: { readonly file: string; readonly line: number }
  /** What noticed it; `undefined`: nothing did. */
  readonly killedBy?: { readonly title: string; readonly kind: Failure['kind']; readonly message: string }
  /** Whether all scenarios that come to its access have been searched to the end. */
  readonly complete: boolean
  /** Whether any scenario comes to its access. */
  readonly reached: boolean
}

export interface MutationOptions {
  /** For each mutant and scenario, in the last attempt; default 20 000. */
  readonly maxStates?: number
  /** Only those whose names this accepts. */
  readonly only?: (name: string) => boolean
  /** Names of those that nothing can notice: they are tried on a few states of a few scenarios only. */
  readonly equivalent?: { has(name: string): boolean }
}

/** When a search is given up. */
export type Limits = Pick<SearchOptions, 'maxMs' | 'maxStates'>

function optionsOf({ preemptions }: Run, limits: Limits = {}): SearchOptions {
  return preemptions === undefined ? limits : { ...limits, preemptions }
}

/** Searches for a simpler failure end here. */
const SIMPLER_MS = 3000
const MOST_PREEMPTIONS = 6
/** Of a mutant: how far it is searched at first, and how often it is run by chance, in a scenario. */
const FIRST_STATES = 500
const SAMPLES = 200
/** Of one that is said to be equivalent: in how many scenarios. */
const FEW = 4

/** Code and the scenarios it is checked by. */
export class Program {
  readonly #modules: Modules
  readonly #options: ProgramOptions

  private constructor(modules: Modules, options: ProgramOptions) {
    this.#modules = modules
    this.#options = options
  }

  /**
   * @throws `ERR_UNSUPPORTED` where the source has what can't be followed · what reading or parsing it throws
   *
   * @example
   * const program = await Program.load({
   *   subject: new URL(import.meta.resolve('my-queue')),
   *   scenarios: new URL('./scenarios.js', import.meta.url),
   * })
   * console.log(program.explore({ name: 'closes', parameters: { capacity: 1 } }))
   */
  static async load(options: ProgramOptions): Promise<Program> {
    const { subject, scenarios, packages = [] } = options
    return new Program(await Modules.load([subject, scenarios], packages), options)
  }

  #execution({ name, parameters }: Run, mutant?: Mutant, coverage?: Coverage): Execution {
    const { subject, scenarios } = this.#options
    const distortion = mutant && coverage && distortionOf(mutant, coverage)
    return new Execution(this.#modules, subject, scenarios, name, parameters, distortion)
  }

  /** Goes through all orders of the threads' steps, or those within the bound. */
  explore(run: Run, limits: Limits = {}): Report {
    const execution = this.#execution(run)
    return this.#report(run, execution, search(execution, optionsOf(run, limits)))
  }

  /** Goes through some orders, by chance. */
  sample(run: Run, options: SampleOptions): Report {
    const execution = this.#execution(run)
    return this.#report(run, execution, sample(execution, options))
  }

  /** What the threads do by a schedule of a report, as text; with how it ends, where that is a failure. */
  replay(run: Run, schedule: string): { readonly trace: string; readonly failure: Failure | undefined } {
    const { text, failure } = retrace(this.#execution(run), parseSchedule(schedule), this.#modules.sites)
    return { trace: text, failure }
  }

  #report(run: Run, execution: Execution, { failure, ...report }: SearchReport): Report {
    const { title } = execution.scenario
    if (!failure) return { ...report, title }
    const { schedule, ...found } = this.#simplest(run, failure)
    const { text } = retrace(this.#execution(run), schedule, this.#modules.sites)
    return { ...report, title, failure: { ...found, schedule: scheduleText(schedule), trace: text } }
  }

  /** A failure of the same kind by the fewest preemptions. */
  #simplest(run: Run, failure: Failure & { schedule: readonly Choice[] }): Failure & { schedule: readonly Choice[] } {
    for (let preemptions = 0; preemptions <= MOST_PREEMPTIONS; preemptions++) {
      const { failure: simpler } = search(this.#execution(run), { preemptions, maxMs: SIMPLER_MS })
      if (simpler?.kind === failure.kind) return simpler
    }
    return failure
  }

  /**
   * Changes one access of the subject after the other, and looks whether a scenario notices. The scenarios must hold for the
   * source as it is.
   *
   * @returns each mutant, in the order of the source; also those of atomic operations that no scenario comes to
   */
  *mutants(
    runs: readonly Run[],
    { maxStates = 20_000, only = () => true, equivalent }: MutationOptions = {},
  ): Generator<MutantReport> {
    const { sites } = this.#modules
    const { subject, scenarios } = this.#options
    const plain = runs.map((run) => {
      const coverage = new Coverage()
      const execution = this.#execution(run)
      execution.coverage = coverage
      const { states, failure } = search(execution, optionsOf(run))
      if (failure) throw new Error(`[spsc] [loom] ${execution.scenario.title}: ${failure.message}, without a mutant`)
      return { run, coverage, states, execution }
    })
    plain.sort((a, b) => a.states - b.states)
    for (const [site, { url, operation }] of sites.all.entries()) {
      if (url === scenarios.href && url !== subject.href) continue
      const reaching = plain.filter(({ coverage }) => coverage.kinds.has(site))
      const reached = reaching.length > 0
      if (!reached && (operation === 'get' || operation === 'set' || operation === 'new')) continue
      const racy = reaching.some(({ execution }) => execution.isRacySite(site))
      const kind = reaching[0]?.coverage.kinds.get(site) ?? operation
      for (const mutation of mutationsOf(kind, racy)) {
        const name = `${sites.name(site)}: ${mutation}`
        if (!only(name)) continue
        const report = { name, where: sites.where(site), reached, complete: true }
        const tried = equivalent?.has(name) ? reaching.slice(0, FEW) : reaching
        yield { ...report, ...this.#judge({ site, mutation }, tried, equivalent?.has(name) ? FIRST_STATES : maxStates) }
      }
    }
  }

  #judge(
    mutant: { readonly site: number; readonly mutation: Mutation },
    reaching: readonly { readonly run: Run; readonly coverage: Coverage }[],
    maxStates: number,
  ): Partial<MutantReport> {
    const tries = [
      // Most are noticed at once; what is left, chance finds sooner than the order of a search.
      (execution: Execution, run: Run) => search(execution, optionsOf(run, { maxStates: FIRST_STATES })),
      (execution: Execution) => sample(execution, { executions: SAMPLES, seed: 1 }),
      (execution: Execution) => sample(execution, { executions: 10 * SAMPLES, seed: 2 }),
      (execution: Execution, run: Run) => search(execution, optionsOf(run, { maxStates })),
    ]
    let complete = true
    for (const attempt of maxStates > FIRST_STATES ? tries : tries.slice(0, 1)) {
      complete = true
      for (const { run, coverage } of reaching) {
        const execution = this.#execution(run, mutant, coverage)
        const { failure, complete: whole } = attempt(execution, run)
        if (failure) {
          const { kind, message } = failure
          return { killedBy: { title: execution.scenario.title, kind, message }, complete }
        }
        complete &&= whole
      }
      if (complete) break
    }
    return { complete }
  }
}
