import { LEDGER_SEGMENTS, type LedgerData, type LedgerVector } from '@spsc/core'

export const ORDINARY = {
  p_late: 79_700,
  p_runq: 200,
  p_own: 2500,
  c_wake: 4500,
  c_runq: 6900,
  s_cpu: 2000,
  s_runq: 0,
  s_off: 200,
}
export const WORST = { ...ORDINARY, p_runq: 904_000 }

function total(vector: LedgerVector): number {
  return Object.values(vector).reduce((sum, ns) => sum + ns, 0)
}

function view(mean_ns: LedgerVector, n: number) {
  return { n, mean_total_ns: total(mean_ns), mean_ns }
}

/** What the `ledger` collector stores of these ordinary and worst items, with whatever a test changes. */
export function ledger(ordinary: LedgerVector = ORDINARY, worst: LedgerVector = WORST, changes = {}): LedgerData {
  const segments = Object.fromEntries(
    LEDGER_SEGMENTS.map((segment) => [
      segment,
      segment in worst
        ? { sum_ns: 1, mean_ns: 1, p50_ns: 1 }
        : { unavailable: 'its time is in c_wake: the threads read no accounts' },
    ]),
  ) as LedgerData['segments']
  return {
    ...{ total: 'due to done', items: 4470, excluded: { dropped: 0, lost: 0, disordered: 0 } },
    ...{ sums: { items: 4470, mismatches: 0 }, mean_total_ns: total(ordinary), segments, holds: {} },
    ...{ median_band: view(ordinary, 894), worst: view(worst, 45), window_s: 1, windows: [] },
    ...{ occupancy: 0.01, handoffs: { unavailable: 'none' }, slept: 1 },
    ...changes,
  }
}
