import { errorMessage, type Unavailable, unavailable } from '@spsc/core'
import type { PinThread } from '@spsc/core/driver'

/** What a module that pins threads exports, `@spsc/queue-native` for one. */
interface Affinity {
  readonly allowedCpus: () => number[]
  readonly pinThread: PinThread
}

/** How threads are pinned by a module; unavailable where it can't here, so that `taskset` is left. */
export async function loadPinning(module: string | undefined): Promise<PinThread | Unavailable> {
  if (module === undefined) return unavailable('no module that pins threads was named')
  try {
    const { allowedCpus, pinThread } = (await import(module)) as Affinity
    allowedCpus()
    return pinThread
  } catch (error) {
    return unavailable(errorMessage(error))
  }
}
