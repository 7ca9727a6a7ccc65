import { type FileHandle, open, stat, writeFile } from 'node:fs/promises'
import {
  type Collector,
  errorMessage,
  type RunContext,
  SpscError,
  type Trace,
  traceLength,
  unavailable,
} from '@spsc/core'
import { between, outcomeOf } from './outcome.js'

/** Bytes per write: a million lines are about 100 system calls. */
const CHUNK_BYTES = 64 * 1024

export interface LatenciesOptions {
  /** A file, or a device such as `/dev/null`. */
  readonly path: string
  /** What to do with a regular file that is there already: `wx` refuses it (default), `w` empties it. */
  readonly flags?: 'wx' | 'w'
}

/** What the `latencies` collector returns. */
export interface LatenciesData {
  readonly path: string
  /** Lines. */
  readonly written: number
}

function failure(path: string, error: unknown): SpscError {
  if ((error as { code?: unknown }).code === 'EEXIST') {
    return new SpscError(
      'ERR_EXISTS',
      'latencies',
      `${path} exists; allowed: a path that is free; remove it or choose another`,
    )
  }
  const message = `${path} can't be written: ${errorMessage(error)}`
  return new SpscError('ERR_OUTPUT', 'latencies', message, { cause: error })
}

async function isRegularFile(path: string): Promise<boolean> {
  return (await stat(path)).isFile()
}

/** `wx` protects what was measured before; a device or a pipe holds nothing to protect, and always exists. */
async function openForWriting(path: string, flags: 'wx' | 'w'): Promise<FileHandle> {
  try {
    return await open(path, flags)
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EEXIST' || (await isRegularFile(path))) throw error
    return open(path, 'w')
  }
}

// A full disk may say so only when the file is closed, so closing is part of writing.
async function writeAndClose(file: FileHandle, chunks: Iterable<string>): Promise<void> {
  try {
    await writeFile(file, chunks)
  } finally {
    await file.close()
  }
}

/** Latencies of the delivered items in the order they were sent, in nanoseconds. */
function* latenciesOf(trace: Trace): Generator<bigint, void, undefined> {
  const sampled = traceLength(trace)
  for (let row = 0; row < sampled; row++) {
    const latency = between(trace.sent, trace.popped, row)
    if (latency !== undefined && outcomeOf(trace, row) === 'delivered') yield latency
  }
}

/** Lines gathered into chunks of about {@link CHUNK_BYTES}; `onLine` is called once a line. */
function* chunksOf(values: Iterable<bigint>, onLine: () => void): Generator<string, void, undefined> {
  let chunk = ''
  for (const value of values) {
    chunk += `${value}\n`
    onLine()
    if (chunk.length < CHUNK_BYTES) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}

/**
 * Collector `latencies`: the raw latency of every delivered item of the trace, in the order sent, one integer of
 * nanoseconds a line, for `--emit-latencies PATH`. Nothing is cut: a negative latency, a fault of the clock, is written
 * as it is. The file is opened in `start`, so that a bad path fails before the measurement, and written in `stop`.
 *
 * @throws `ERR_EXISTS` from `start` for a regular file that is there already, unless `flags` is `w`; `ERR_OUTPUT` from
 * `start` for a path that can't be opened, from `stop` for a write that failed
 *
 * @example
 * const collector = latencies({ path: 'baseline.txt' })
 * await collector.start(run)
 * // ... the measured phase ...
 * await collector.stop() // { path: 'baseline.txt', written: 4470 }
 */
export function latencies({ path, flags = 'wx' }: LatenciesOptions): Collector<LatenciesData> {
  let target: { readonly file: FileHandle; readonly trace: Trace } | undefined
  return {
    name: 'latencies',
    async start(run: RunContext) {
      try {
        target = { file: await openForWriting(path, flags), trace: run.trace }
      } catch (error) {
        throw failure(path, error)
      }
    },
    async stop() {
      if (target === undefined) return unavailable('it was not started')
      let written = 0
      try {
        await writeAndClose(
          target.file,
          chunksOf(latenciesOf(target.trace), () => written++),
        )
      } catch (error) {
        throw failure(path, error)
      }
      return { path, written }
    },
  }
}
