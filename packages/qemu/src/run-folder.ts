import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorMessage, SpscError } from '@spsc/core'
import { isAlive } from '@spsc/lab'
import { onExit } from './clean-up.js'

const PREFIX = 'spsc-qemu-'

/** A folder for what one boot needs. */
export interface RunFolder {
  readonly path: string
  remove(): void
}

/** What processes that were killed have left. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1])
    if (pid > 0 && !isAlive(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}

/** @throws `ERR_OUTPUT` */
export function makeRunFolder(): RunFolder {
  try {
    sweep()
    const path = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))
    const forget = onExit(() => rmSync(path, { recursive: true, force: true }))
    return {
      path,
      remove: () => {
        rmSync(path, { recursive: true, force: true })
        forget()
      },
    }
  } catch (error) {
    const message = `no folder can be made in ${tmpdir()}: ${errorMessage(error)}; set TMPDIR to one that can be written`
    throw new SpscError('ERR_OUTPUT', 'qemu', message, { cause: error })
  }
}
