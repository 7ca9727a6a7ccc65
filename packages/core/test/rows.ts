import { type Collector, type Trace, traceLength } from '@spsc/core'

const COLUMNS = [
  'number',
  'due',
  'woke',
  'sent',
  'pushed',
  'popped',
  'done',
  'producerCpu',
  'consumerCpu',
  'consumerWaited',
] as const

export type Row = { readonly [Column in (typeof COLUMNS)[number]]: Trace[Column][number] }

function rowsOf(trace: Trace): Row[] {
  return Array.from(
    { length: traceLength(trace) },
    (_, row) => Object.fromEntries(COLUMNS.map((column) => [column, trace[column][row]])) as unknown as Row,
  )
}

/** A collector that copies every row of the trace which was reached, and the copy, which is there once it has stopped. */
export function rowsCollector(): { readonly collector: Collector; readonly rows: readonly Row[] } {
  const rows: Row[] = []
  let trace: Trace
  const collector: Collector = {
    name: 'rows',
    start(run) {
      trace = run.trace
    },
    stop: () => rows.push(...rowsOf(trace)),
  }
  return { collector, rows }
}
