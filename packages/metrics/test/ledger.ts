import {
  type Accounts,
  createTrace,
  isUnavailable,
  type LedgerData,
  type PhaseRecord,
  parseScenario,
  planTrace,
  type ScenarioInput,
  type Trace,
  traceLength,
} from '@spsc/core'
import { ledger } from '@spsc/metrics'
import { runOf } from './trace.js'

const TIMES = ['due', 'woke', 'sent', 'pushed', 'popped', 'done'] as const
const ACCOUNTS = [
  'runDelayAtSent',
  'runDelayAtPushed',
  'cpuAtPopped',
  'runDelayAtPopped',
  'cpuAtDone',
  'runDelayAtDone',
] as const satisfies readonly (keyof Accounts)[]

/** One item in nanoseconds; what is left out was not taken. */
export type Row = { -readonly [Column in (typeof TIMES)[number] | keyof Accounts]?: number } & {
  waited?: number
  cpus?: readonly [number, number]
}

/** A trace with these rows, and with accounts where one of them has some. */
export function rowsOf(rows: readonly Row[], accounts = rows.some((row) => row.runDelayAtSent !== undefined)): Trace {
  const trace = createTrace(rows.length + 2, accounts)
  planTrace(trace, 1, () => 0)
  for (const [index, row] of rows.entries()) {
    for (const name of TIMES) if (row[name] !== undefined) trace[name][index] = BigInt(row[name])
    for (const name of ACCOUNTS) {
      if (trace.accounts !== undefined && row[name] !== undefined) trace.accounts[name][index] = BigInt(row[name])
    }
    if (row.waited !== undefined) trace.consumerWaited[index] = row.waited
    const [from, to] = row.cpus ?? []
    if (from !== undefined) trace.producerCpu[index] = from
    if (to !== undefined) trace.consumerCpu[index] = to
  }
  return trace
}

/** A paced phase that began at 0, with whatever a test changes. */
export function phaseOf(trace: Trace, changes: Partial<PhaseRecord> = {}): PhaseRecord {
  const n = traceLength(trace)
  const counts = { offered: n, delivered: n, dropped: 0, scheduled: n, sampled: n, mean_gap: 1 }
  return { name: 'paced', stamped: true, start_ns: 0, offers_end_ns: 0, end_ns: 0, ...counts, ...changes }
}

/** What the collector stores of a trace. */
export async function collectLedger(
  trace: Trace,
  settings: ScenarioInput = {},
  phase: Partial<PhaseRecord> = {},
): Promise<LedgerData> {
  const collector = ledger()
  await collector.start({ ...runOf(trace), scenario: parseScenario('test', settings) })
  await collector.phaseEnd(phaseOf(trace, phase))
  const data = await collector.stop()
  if (isUnavailable(data)) throw new Error(data.unavailable)
  return data
}
