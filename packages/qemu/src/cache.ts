import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { errorMessage, SpscError } from '@spsc/core'
import { makeFolder } from '@spsc/lab'

/** Where images and kernels are kept: `spsc` in `XDG_CACHE_HOME`, else in `~/.cache`. Removing it costs only time. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_CACHE_HOME
  // The specification has relative ones ignored.
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.cache'), 'spsc')
}

/** A folder of the cache, made where it is not there. @throws `ERR_OUTPUT` */
export function cached(...parts: string[]): string {
  const folder = join(cacheFolder(), ...parts)
  try {
    makeFolder(folder)
    return folder
  } catch (error) {
    throw new SpscError(
      'ERR_OUTPUT',
      'qemu',
      `${folder} can't be made: ${errorMessage(error)}; set XDG_CACHE_HOME to a folder that can be written`,
      { cause: error },
    )
  }
}
