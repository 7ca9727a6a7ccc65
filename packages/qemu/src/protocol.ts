import { deflateSync, inflateSync } from 'node:zlib'
import type {
  ErrorCode,
  GuestGround,
  GuestMode,
  MaxRateResult,
  PluginRef,
  ReplicateRef,
  ResultRecord,
  RunEvents,
  Scenario,
} from '@spsc/core'
import type { CollectorChoice, QueueChoice, RateSearch } from '@spsc/lab'

// What host and guest say to each other. The host speaks once, before the guest boots: a job. The guest answers with
// lines, which stand on a disk of their own or leave by a serial line, so that what it has said outlives it.

/** Where the guest finds its job, and where it says what it has to say. */
export const JOB_PATHS: Readonly<Record<GuestMode, string>> = { smp: '/dev/nvme0n2', deterministic: '/job' }
export const ANSWER_PATHS: Readonly<Record<GuestMode, string>> = { smp: '/dev/nvme0n3', deterministic: '/dev/ttyS1' }

/** What a guest is to do: a run, by everything that its plan follows from. Modules are URLs of the guest. */
export interface GuestJob {
  readonly mode: GuestMode
  readonly name: string
  readonly scenarios: readonly Scenario[]
  readonly queues: readonly QueueChoice[]
  readonly replicates: number
  readonly seed: number
  /** Given for a search of the highest rate. */
  readonly search?: { readonly slo: string; readonly rates: RateSearch }
  readonly collectors: readonly CollectorChoice[]
  /** The collector of raw latencies, where they are wanted: to be hashed, and whether to be sent as well. */
  readonly latencies?: { readonly plugin: PluginRef; readonly send: boolean }
  readonly affinity?: string
  readonly graceS: number
  readonly versions: Readonly<Record<string, string>>
  readonly ground: Omit<GuestGround, 'kernel' | 'clock_source'>
  /** Files of the run that is to go on. */
  readonly earlier?: { readonly results: string; readonly manifest: string }
}

export type RelayedEvent = Exclude<keyof RunEvents, 'result'>

/** What the guest says, in this order; `record` and `event` many times. */
export type FromGuest =
  | { readonly type: 'booted' }
  /** The laboratory can't do what it is asked. */
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly message: string }
  | { readonly type: 'manifest'; readonly manifest: Readonly<Record<string, unknown>> }
  | { readonly type: 'event'; readonly name: RelayedEvent; readonly event: ReplicateRef }
  /** `sha256` and `latencies` are of the raw ones, where they are wanted. */
  | {
      readonly type: 'record'
      readonly record: ResultRecord
      readonly sha256?: string
      readonly latencies?: string
    }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string }
  | {
      readonly type: 'finished'
      readonly manifest: Readonly<Record<string, unknown>>
      readonly maxRate?: readonly MaxRateResult[]
    }

/** What is said, and when by the clock of the guest that measures, in milliseconds since any moment. */
export type Said = FromGuest & { readonly at_ms?: number }

/** One line without its end. A serial line carries some 200 kB a second, so it is compressed. */
export function encodeLine(message: Said): string {
  return deflateSync(Buffer.from(JSON.stringify(message))).toString('base64')
}

/** @throws where a line is damaged */
export function decodeLine(line: string): Said {
  return JSON.parse(inflateSync(Buffer.from(line, 'base64')).toString('utf8')) as Said
}

/**
 * The whole lines that bytes begin with. What a guest has not written yet is zeros, also in the middle, since a disk is
 * written in any order: a line counts once nothing of it is missing.
 *
 * @returns what they say, and how many bytes they take
 */
export function decodeLines(bytes: Buffer): { readonly messages: readonly Said[]; readonly used: number } {
  const messages: Said[] = []
  let used = 0
  for (;;) {
    const end = bytes.indexOf(0x0a, used)
    const line = bytes.subarray(used, end)
    if (end === -1 || line.includes(0)) return { messages, used }
    messages.push(decodeLine(line.toString('latin1').trim()))
    used = end + 1
  }
}
