import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createTrace, monotonicClock, type Phase, type PhaseRecord, parseScenario, type RunContext } from '@spsc/core'
import type { ExecutionContext } from 'ava'
import { folder } from './files.js'

/** Two threads of this process stand for producer and consumer: what is counted is up to the perf in PATH. */
const [PRODUCER, CONSUMER] = readdirSync('/proc/self/task').slice(-2).map(Number) as [number, number]

/** The context of a replicate whose ends are threads of this process. */
export function context(changes: Partial<RunContext> = {}): RunContext {
  return {
    scenario: parseScenario('mine'),
    producer: { pid: process.pid, tid: PRODUCER },
    consumer: { pid: process.pid, tid: CONSUMER },
    trace: createTrace(1),
    clock: monotonicClock,
    ...changes,
  }
}

export function phase(name: Phase['name'] = 'paced', durationNs = 1e9): Phase {
  return { name, durationNs, intervalNs: 1e6, settleNs: 0, stamped: true }
}

export function phaseRecord(name: Phase['name'] = 'paced'): PhaseRecord {
  const times = { start_ns: 0, offers_end_ns: 1, end_ns: 1 }
  return { name, stamped: true, offered: 1, delivered: 1, dropped: 0, scheduled: 1, ...times }
}

/** Only this folder is in PATH until the test ends. */
export function pathOf(
  t: ExecutionContext,
  files: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): string {
  const dir = folder(t)
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(dir, name), text)
    chmodSync(join(dir, name), 0o755)
  }
  const before = process.env.PATH
  process.env.PATH = [dir, ...more].join(delimiter)
  t.teardown(() => {
    process.env.PATH = before
  })
  return dir
}

/** A perf that obeys `--control` and, when the counters go off, prints these lines: `[P|C|number, value, unit, …]`. */
export function printing(...rows: readonly (readonly (string | number)[])[]): string {
  const tids: Readonly<Record<string, number>> = { P: PRODUCER, C: CONSUMER }
  const lines = rows.map(([end = '', ...fields]) => [`node-${tids[end] ?? end}`, ...fields].join('\t'))
  return `#!/bin/sh
trap '' INT
read -r on <&3; echo ack >&3
read -r off <&3; echo ack >&3
cat >&4 <<'END'
${lines.join('\n')}
END
`
}
