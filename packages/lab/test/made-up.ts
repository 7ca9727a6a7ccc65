import {
  LEDGER_SEGMENTS,
  type LedgerSegment,
  type LedgerVector,
  type MeasuredRecord,
  type SchedThread,
  type Tiered,
  unavailable,
} from '@spsc/core'

/** Nanoseconds by segment, over what an ordinary item has. */
type Extra = Partial<Record<LedgerSegment, number>>

export interface MadeUp {
  /** What the worst items of each window have beyond the ordinary; as many windows as there are. */
  readonly windows?: readonly Extra[]
  /** What every item has beyond the ordinary. */
  readonly shift?: Extra
  /** Longest response of a window; default: twice what its worst items have on average. */
  readonly longestNs?: number
  readonly occupancy?: number
  readonly dropped?: number
  readonly sameCpu?: number
  /** Late waits, summed, beyond the ordinary. */
  readonly lateNs?: number
  readonly stealNs?: number
  readonly throttledNs?: number
  readonly foreignShare?: number
  readonly producer?: Partial<Thread>
  readonly consumer?: Partial<Thread>
  /** As of a queue whose threads read no accounts of the kernel: these stand in others. */
  readonly isJavaScript?: boolean
  readonly without?: readonly ('sched' | 'histogram' | 'ledger')[]
  /** Collectors that could not measure. */
  readonly failed?: readonly ('sched' | 'histogram' | 'ledger')[]
  /** Single things that were not measured. */
  readonly unknown?: readonly ('run' | 'handoffs' | 'occupancy' | 'late' | 'phases')[]
}

interface Thread {
  readonly runDelayNs: number
  readonly cpuNs: number
  readonly gc: { readonly count: number; readonly ns: number; readonly max_ns: number }
}

const ORDINARY: Readonly<Record<LedgerSegment, number>> = {
  ...{ p_late: 20_000, p_runq: 0, p_own: 2000, c_wake: 8000, c_runq: 1000, s_cpu: 3000, s_runq: 0, s_off: 0 },
}
const WALL_NS = 3e9
const ITEMS = 2700

const HOLDERS: Partial<Record<LedgerSegment, LedgerSegment>> = {
  ...{ p_runq: 'p_late', c_runq: 'c_wake', s_runq: 's_cpu', s_off: 's_cpu' },
}

/** What is not told apart is moved to where it is. */
function told(vector: Record<LedgerSegment, number>, isJavaScript: boolean): LedgerVector {
  if (!isJavaScript) return vector
  const moved: Partial<Record<LedgerSegment, number>> = {}
  for (const segment of LEDGER_SEGMENTS) {
    const place = HOLDERS[segment] ?? segment
    moved[place] = (moved[place] ?? 0) + vector[segment]
  }
  return moved
}

function sum(vector: LedgerVector): number {
  return LEDGER_SEGMENTS.reduce((total, segment) => total + (vector[segment] ?? 0), 0)
}

function thread(made: Partial<Thread> = {}, foreign_share: number, isJavaScript: boolean): SchedThread {
  const { runDelayNs = 3e6, cpuNs = 30e6, gc = { count: 0, ns: 0, max_ns: 0 } } = made
  const tiered = <Figures>(figures: Figures): Tiered<Figures> => ({ tier: 'proc', ...figures })
  return {
    run: tiered({ run_delay_ns: runDelayNs, cpu_ns: cpuNs, timeslices: ITEMS }),
    switches: tiered({ voluntary: ITEMS, involuntary: 3 }),
    migrations: tiered({ count: 1 }),
    faults: tiered({ minor: 0, major: 0 }),
    modes: tiered({ user_ns: cpuNs, system_ns: 0 }),
    last_cpu: 0,
    allowed: tiered({ cpus: [0, 1], busy_share: 0.1, steal_share: 0, foreign_share, uncertainty: 0.01 }),
    gc: isJavaScript ? { tier: 'probe', ...gc } : unavailable('no JavaScript runs in this thread'),
    event_loop_delay: unavailable('the thread blocks'),
  }
}

/** A stored replicate of three seconds at 900 items per second, ordinary in all that is not said. */
export function record(made: MadeUp = {}): MeasuredRecord {
  const { windows = [{}, {}, {}], shift = {}, isJavaScript = false, dropped = 0, sameCpu = 0.5 } = made
  const { foreignShare = 0.02, stealNs = 0, throttledNs = 0, lateNs = 0 } = made
  const { without = [], failed = [], unknown = [] } = made
  const with_ = (extra: Extra) =>
    Object.fromEntries(
      LEDGER_SEGMENTS.map((segment) => [segment, ORDINARY[segment] + (shift[segment] ?? 0) + (extra[segment] ?? 0)]),
    ) as Record<LedgerSegment, number>
  const middle = told(with_({}), isJavaScript)
  const view = (vector: LedgerVector, n: number) => ({ n, mean_total_ns: sum(vector), mean_ns: vector })
  const worst = windows.map((extra) => told(with_(extra), isJavaScript))
  const segments = Object.fromEntries(
    LEDGER_SEGMENTS.map((segment) => {
      const ns = middle[segment]
      if (ns === undefined) return [segment, unavailable('its time is in another')]
      const extra = worst.reduce((all, vector) => all + 9 * ((vector[segment] ?? 0) - ns), 0)
      return [segment, { sum_ns: ITEMS * ns + extra, mean_ns: ns, p50_ns: ns }]
    }),
  )
  const longest = (vector: LedgerVector) => made.longestNs ?? 2 * sum(vector) - sum(middle)
  const collectors = {
    ledger: {
      ...{ total: 'due to done', items: ITEMS, sums: { items: ITEMS, mismatches: 0 }, window_s: 1 },
      ...{ segments, median_band: view(middle, ITEMS / 5), occupancy: made.occupancy ?? 0.02 },
      ...(unknown.includes('occupancy') && { occupancy: unavailable('no stamps of the consumer') }),
      holds: isJavaScript ? { p_late: ['p_runq'], c_wake: ['c_runq'], s_cpu: ['s_runq', 's_off'] } : {},
      windows: worst.map((vector, start_s) => ({ start_s, items: ITEMS / 3, ...view(vector, 9) })),
      handoffs: { same_cpu: { n: 1, share: sameCpu, p50_ns: 1 }, cross_cpu: { n: 1, share: 1 - sameCpu, p50_ns: 1 } },
      ...(unknown.includes('handoffs') && { handoffs: unavailable('no CPU is known') }),
    },
    histogram: {
      windows: worst.map((vector, start_s) => ({
        ...{ start_s, dropped: dropped / windows.length },
        response: { n: ITEMS / 3, p50_ns: sum(middle), p99_ns: sum(vector), max_ns: longest(vector) },
      })),
    },
    sched: {
      phases: [
        {
          ...{ name: 'paced', wall_ns: WALL_NS, delivered: ITEMS },
          threads: {
            producer: thread(made.producer, foreignShare, isJavaScript),
            consumer: thread(made.consumer, foreignShare, isJavaScript),
          },
          cpus: {
            ...{ tier: 'proc', resolution_ns: 1e7 },
            each: [
              { cpu: 0, busy_ns: 1e8, steal_ns: stealNs },
              { cpu: 1, busy_ns: 1e8, steal_ns: 0 },
            ],
          },
          pressure: { tier: 'proc', some_ns: 0 },
          throttling: { tier: 'proc', count: throttledNs > 0 ? 30 : 0, ns: throttledNs },
        },
      ],
    },
  }
  const { threads } = collectors.sched.phases[0] as { threads: Record<string, { run: unknown }> }
  if (unknown.includes('run')) for (const one of Object.values(threads)) one.run = unavailable('no schedstat')
  if (unknown.includes('phases')) collectors.sched.phases = []
  for (const name of without) delete (collectors as Record<string, unknown>)[name]
  for (const name of failed) (collectors as Record<string, unknown>)[name] = unavailable(`${name} broke`)
  return {
    ...{ status: 'ok', collectors, offered: ITEMS + dropped, delivered: ITEMS, dropped },
    ...{ drop_rate: dropped / (ITEMS + dropped), offered_ops_s: 900, ops_s: 900, warnings: [] },
    phases: [{ name: 'paced', ...(!unknown.includes('late') && { late_ns: ITEMS * ORDINARY.p_late + lateNs }) }],
    // Nothing of this may be looked at.
    config: new Proxy(
      {},
      {
        get: (_, key) => {
          throw new Error(`the configuration was read: ${String(key)}`)
        },
      },
    ),
  } as unknown as MeasuredRecord
}
