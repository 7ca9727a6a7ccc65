import { setUp } from '@spsc/qemu'
import { EXIT } from './exit-codes.js'
import { cancelOnSignal } from './signals.js'
import { print } from './streams.js'

/** `spsc qemu setup`: fetches what guests need, or says what to do. */
export async function qemuSetup(): Promise<number> {
  const { signal, exitCode, dispose } = cancelOnSignal()
  try {
    return (await setUp({ say: print, signal })) ? EXIT.ok : EXIT.capability
  } catch (error) {
    if (signal.aborted) return exitCode()
    throw error
  } finally {
    dispose()
  }
}
