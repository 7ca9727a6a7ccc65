import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * The Chromium of this machine, `SPSC_CHROMIUM` or the first in PATH.
 *
 * @returns {{ path: string } | { absent: string }}
 */
export function findChromium() {
  const named = process.env.SPSC_CHROMIUM
  if (named) return isExecutable(named) ? { path: named } : { absent: `SPSC_CHROMIUM is ${named}, which can't be run` }
  const folders = (process.env.PATH ?? '').split(delimiter)
  const path = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable)
  return path ? { path } : { absent: 'no Chromium in PATH; scripts/install-chromium.sh installs it' }
}
