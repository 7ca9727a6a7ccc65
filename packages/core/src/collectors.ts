import type { Collector, RunContext } from './collector.js'
import { errorMessage } from './errors.js'
import { type Phase, unavailable } from './pipeline.js'
import type { PhaseRecord } from './record.js'

/** Calls the collectors of a replicate; one that throws becomes unavailable and leaves the rest alone. */
export class Collectors {
  readonly #collectors: readonly Collector[]
  readonly #failed = new Map<Collector, string>()
  #started = false
  #data: Record<string, unknown> | undefined

  constructor(collectors: readonly Collector[]) {
    this.#collectors = collectors
  }

  async start(run: RunContext): Promise<void> {
    // Cancelled just before.
    if (this.#data !== undefined) return
    this.#started = true
    await this.#each((collector) => collector.start(run))
  }

  async phaseStart(phase: Phase): Promise<void> {
    await this.#each((collector) => collector.phaseStart?.(phase))
  }

  /** In reverse, so that the windows of collectors nest: what one does here is in no other's that began after it. */
  async phaseEnd(phase: PhaseRecord): Promise<void> {
    await this.#each((collector) => collector.phaseEnd?.(phase), this.#sound().reverse())
  }

  /** What each returned, by its name. Stops them once, however often it is called. */
  async stop(): Promise<Record<string, unknown>> {
    if (this.#data !== undefined) return this.#data
    const data: Record<string, unknown> = {}
    this.#data = data
    if (!this.#started) return data
    await this.#each(async (collector) => {
      // Whatever JSON can't hold fails here, where it costs this collector alone, and not the record.
      data[collector.name] = JSON.parse(JSON.stringify(await collector.stop()))
    }, this.#collectors)
    for (const [{ name }, reason] of this.#failed) data[name] = unavailable(reason)
    return data
  }

  /** One line for each that threw. */
  get warnings(): string[] {
    return [...this.#failed].map(([{ name }, reason]) => `collector ${name}: ${reason}`)
  }

  #sound(): Collector[] {
    return this.#collectors.filter((collector) => !this.#failed.has(collector))
  }

  async #each(
    call: (collector: Collector) => unknown,
    collectors: readonly Collector[] = this.#sound(),
  ): Promise<void> {
    for (const collector of collectors) {
      try {
        await call(collector)
      } catch (error) {
        // The first fault is the cause of the rest.
        if (!this.#failed.has(collector)) this.#failed.set(collector, errorMessage(error))
      }
    }
  }
}
