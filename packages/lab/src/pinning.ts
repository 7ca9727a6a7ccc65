import type { PinThread } from '@spsc/core/driver'

/** What a module that pins threads exports, `@spsc/queue-native` for one. */
interface Affinity {
  readonly allowedCpus: () => number[]
  readonly pinThread: PinThread
}

/** How threads are pinned by a module; `undefined` where it can't here, so that `taskset` is left. */
export async function loadPinning(module: string | undefined): Promise<PinThread | undefined> {
  if (module === undefined) return undefined
  try {
    const { allowedCpus, pinThread } = (await import(module)) as Affinity
    allowedCpus()
    return pinThread
  } catch {
    return undefined
  }
}
