import { monitorEventLoopDelay, type PerformanceEntry, PerformanceObserver, performance } from 'node:perf_hooks'
import type { EventLoopDelay, GarbageCollections, JavaScriptThread } from './collected/javascript-thread.js'
import { type Unavailable, unavailable } from './pipeline.js'

const TIMER_MS = 10

function nanoseconds(ms: number): number {
  return Math.round(ms * 1e6)
}

function summary(entries: readonly PerformanceEntry[]): GarbageCollections {
  const times = entries.map(({ duration }) => nanoseconds(duration))
  const ns = times.reduce((sum, time) => sum + time, 0)
  return { count: times.length, ns, max_ns: times.reduce((most, time) => Math.max(most, time), 0) }
}

/** Deno's and Bun's observers know no `gc`, and their event-loop histograms count otherwise (Bun 1.4.5: from 0). */
const { node, deno, bun }: NodeJS.ProcessVersions = process.versions
const inNode = node !== undefined && deno === undefined && bun === undefined
const untold = unavailable('only Node tells this of its threads')

/** Watches this thread's garbage collector from here on. V8 tells of each collection after it; nothing runs per item. */
class GarbageProbe {
  readonly #observer = new PerformanceObserver((list) => {
    this.#entries = this.#entries.concat(list.getEntries())
  })
  #entries: PerformanceEntry[] = []

  constructor() {
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  /** Those that began from `startMs` to `endMs` of this thread's `performance.now()`. Forgets them and all before. */
  async take(startMs: number, endMs: number): Promise<GarbageCollections> {
    // Node queues an entry for the next turn of the event loop, and a thread that blocks has none in its phase.
    await new Promise((resolve) => setImmediate(resolve))
    const entries = [...this.#entries, ...this.#observer.takeRecords()]
    this.#entries = []
    return summary(entries.filter(({ startTime }) => startTime >= startMs && startTime <= endMs))
  }
}

/** Starts a timer that the event loop is late for or not. Gives what ends it. */
function watchEventLoop(): () => EventLoopDelay | Unavailable {
  const histogram = monitorEventLoopDelay({ resolution: TIMER_MS })
  histogram.enable()
  return () => {
    histogram.disable()
    if (histogram.count === 0) return unavailable(`the event loop did not turn twice in ${TIMER_MS} ms`)
    // It has the times from one firing to the next.
    const late = (ns: number) => Math.max(0, ns - TIMER_MS * 1e6)
    const { count: n, max } = histogram
    return { n, p50_ns: late(histogram.percentile(50)), p99_ns: late(histogram.percentile(99)), max_ns: late(max) }
  }
}

/** Observes a worker's own JavaScript, phase by phase. Made once per thread. */
export class JavaScriptProbe {
  readonly #garbage = inNode ? new GarbageProbe() : undefined
  readonly #turns: boolean

  /** @param turns whether the thread waits on its event loop */
  constructor(turns: boolean) {
    this.#turns = turns
  }

  /** Called as the phase begins; what it returns is called as it ends. */
  begin(): () => Promise<JavaScriptThread> {
    const startMs = performance.now()
    const delay = this.#watchEventLoop()
    return async () => {
      const endMs = performance.now()
      const event_loop_delay = delay()
      const gc = await this.#garbage?.take(startMs, endMs)
      return { gc: gc ?? untold, event_loop_delay }
    }
  }

  #watchEventLoop(): () => EventLoopDelay | Unavailable {
    if (!this.#turns) return () => unavailable('the thread blocks while items flow: its event loop does not turn')
    return inNode ? watchEventLoop() : () => untold
  }
}
