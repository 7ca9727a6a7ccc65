import { Program, type ProgramOptions, type Run } from './program.js'

/** What is used here of a backend, as `QueueBackend` of @spsc/core describes it. */
export interface Backend {
  readonly name: string
  /** Where a thread imports it from: JavaScript. */
  readonly module: string
}

export interface InterleavingsOptions extends Pick<ProgramOptions, 'packages'> {
  /** Functions whose plain reads may race; see `Scenario`. */
  readonly racy?: readonly string[]
  /** What words are called in a trace, by their byte. */
  readonly words?: Readonly<Record<number, string>>
}

/** A runner's function that registers a test. */
export type RegisterTest = (title: string, body: (...context: unknown[]) => Promise<void>) => unknown

/** Small enough to be searched to the end in seconds. */
function runsOf({ name }: Backend, { racy = [], words = {} }: InterleavingsOptions): Run[] {
  const both = [1, 2].flatMap((capacity) => {
    const common = { name, capacity, racy, words }
    return [
      { name: 'stream', parameters: { ...common, items: capacity + 1, close: false } },
      { name: 'stream', parameters: { ...common, items: capacity + 1, close: true } },
      { name: 'consumerCloses', parameters: { ...common, items: capacity + 2, pops: 1 } },
    ]
  })
  const ends = ['producer', 'consumer'].map((end) => ({
    name: 'claims',
    parameters: { name, capacity: 1, racy, words, end },
  }))
  return [...both, ...ends]
}

/**
 * Registers a test per scenario, in which a queue backend is run in every order of the steps of its threads. Beside
 * `conformance` of @spsc/core it takes one line; it needs Node, as it reads the backend's source.
 *
 * @example
 * import test from 'node:test'
 * import { conformance } from '@spsc/core/conformance'
 * import { interleavings } from '@spsc/loom'
 * import backend from './my-queue.js'
 *
 * conformance(test, backend)
 * interleavings(test, backend)
 */
export function interleavings(test: RegisterTest, backend: Backend, options: InterleavingsOptions = {}): void {
  const { packages } = options
  let loaded: Promise<Program> | undefined
  const load = () => {
    loaded ??= Program.load({
      subject: new URL(backend.module),
      scenarios: new URL('../scenarios/backend.js', import.meta.url),
      ...(packages && { packages }),
    })
    return loaded
  }
  for (const run of runsOf(backend, options)) {
    const { name, capacity, racy, words, ...rest } = run.parameters as Record<string, unknown>
    test(`${name} in every order: ${run.name}, capacity ${capacity} ${JSON.stringify(rest)}`, async (...context) => {
      const { failure } = (await load()).explore(run)
      if (failure) {
        throw new Error(`${failure.kind}: ${failure.message}\n${failure.trace}\nschedule ${failure.schedule}`)
      }
      // ava counts a test without assertions of its own as failed.
      const pass = (context[0] as { pass?: unknown } | undefined)?.pass
      if (typeof pass === 'function') pass()
    })
  }
}
