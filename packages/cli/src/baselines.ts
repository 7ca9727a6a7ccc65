import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { errorMessage, SpscError } from '@spsc/core'
import { checkName, makeFolder, manifestPath, resultsPath, type StorePlace } from '@spsc/lab'

/** A run kept under a name to be compared with: a copy of its results, in a folder of their own beside the runs. */
export function baselinePlace(dir: string, name: string): StorePlace {
  checkName(name)
  return { dir: join(dir, 'baselines'), name }
}

/** @throws `ERR_OPTION` for a name that can't be one, `ERR_EXISTS` where it is taken and not to be replaced */
export function checkNewBaseline(dir: string, name: string, force: boolean): void {
  const path = resultsPath(baselinePlace(dir, name))
  if (force || !existsSync(path)) return
  throw new SpscError('ERR_EXISTS', 'cli', `${path} exists; choose another --save-baseline, or --force to replace it`)
}

/** @throws `ERR_OUTPUT` */
export function saveBaseline(run: StorePlace, name: string): string {
  const place = baselinePlace(run.dir, name)
  const path = resultsPath(place)
  try {
    makeFolder(place.dir)
    copyFileSync(resultsPath(run), path)
    copyFileSync(manifestPath(run), manifestPath(place))
    return path
  } catch (error) {
    throw new SpscError('ERR_OUTPUT', 'cli', `${path} can't be written: ${errorMessage(error)}; choose another --out`, {
      cause: error,
    })
  }
}
