import {
  appendFileSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { errorMessage, SpscError } from '@spsc/core'
import { ClockCheck } from './clock-check.js'
import { type Boot, qemuArguments } from './command-line.js'
import { diagnose, diagnoseHalt } from './diagnosis.js'
import { startEmulator } from './emulator.js'
import { writeCpio } from './image/cpio.js'
import { GuestTree } from './image/guest-tree.js'
import { decodeLines, type FromGuest, type GuestJob, JOB_PATHS, type Said } from './protocol.js'
import { makeRunFolder } from './run-folder.js'
import { cancelled } from './tools.js'

/** Seconds from power-on until the guest's first word. Translated on a busy machine it takes ten times what it takes on an idle one. */
const BOOT_LIMIT_S = 120
/** With less memory a guest may read Node's own pages from its disk again and again, and get nowhere. */
const SCARCE_MIB = 256
/** The host sleeps meanwhile: it is the machine that measures. */
const POLL_MS = 200
/** What a guest may have to say in all; a file with holes, which takes what is written. */
const ANSWER_BYTES = 4 * 2 ** 30
const SECTOR = 512
const CHUNK = 2 ** 20
const RETRY = 'try again, on the host too'

/** Files of one boot. */
type Files = Pick<Boot, 'image' | 'job' | 'answers' | 'console'>

function prepare(folder: string, image: string, job: GuestJob): Files {
  const files = {
    image,
    job: join(folder, 'job'),
    answers: join(folder, 'answers'),
    console: join(folder, 'console'),
  }
  const text = JSON.stringify(job)
  writeFileSync(files.answers, '')
  if (job.mode === 'smp') {
    const size = Math.ceil(Buffer.byteLength(text) / SECTOR) * SECTOR
    writeFileSync(files.job, text)
    truncateSync(files.job, size)
    truncateSync(files.answers, ANSWER_BYTES)
    return files
  }
  // An archive behind another is unpacked over it.
  const own = new GuestTree()
  own.add(JOB_PATHS.deterministic, { kind: 'text', text, executable: false })
  writeCpio(own, files.job)
  const disk = join(folder, 'initrd')
  copyFileSync(image, disk, constants.COPYFILE_FICLONE)
  appendFileSync(disk, readFileSync(files.job))
  return { ...files, image: disk }
}

/** Reads what a guest has said since it was last asked. */
function listener(path: string): { next(): readonly Said[]; close(): void } {
  const file = openSync(path, 'r')
  let offset = 0
  let size = CHUNK
  return {
    next() {
      const messages: Said[] = []
      for (;;) {
        const bytes = Buffer.alloc(size)
        const read = readSync(file, bytes, 0, size, offset)
        const found = decodeLines(bytes.subarray(0, read))
        messages.push(...found.messages)
        offset += found.used
        if (found.used > 0) continue
        // A line may be longer than what was read: a full buffer without an end.
        if (read < size || bytes.includes(0)) return messages
        size *= 2
      }
    },
    close: () => closeSync(file),
  }
}

export interface BootOptions {
  readonly boot: Omit<Boot, keyof Files | 'mode'>
  readonly image: string
  readonly job: GuestJob
  readonly timeoutS: number
  readonly signal: AbortSignal
  /** Called with each thing the guest says, in order. What it throws ends the guest. */
  readonly onMessage: (message: FromGuest) => void
}

function guestError(what: string, cure: string): SpscError {
  return new SpscError('ERR_GUEST', 'qemu', `${what}; ${cure}`)
}

function wrongClock(speed: number): SpscError {
  return guestError(
    `the guest's clock ran ${speed.toFixed(2)} times as fast as this machine's, so what it measures is wrong`,
    'its kernel calibrated it while this machine was busy: try again when it has less to do',
  )
}

/** Over what it has said, a guest's end. */
function isLast({ type }: FromGuest): boolean {
  return type === 'finished' || type === 'refused' || type === 'failed'
}

/**
 * Boots a guest, and hears it out. When this returns or throws, the guest, its emulator and its files are gone.
 *
 * @throws `ERR_GUEST` where it ends without its last word or takes too long, `ERR_CANCELLED`, `ERR_OUTPUT`
 */
export async function bootGuest({ boot, image, job, timeoutS, signal, onMessage }: BootOptions): Promise<void> {
  if (signal.aborted) throw cancelled(signal)
  const folder = makeRunFolder()
  try {
    const files = writing(folder.path, () => prepare(folder.path, image, job))
    const heard = listener(files.answers)
    const emulator = startEmulator(qemuArguments({ ...boot, mode: job.mode, ...files }))
    const began = performance.now()
    const clocks = new ClockCheck()
    let isBooted = false
    let isOver = false
    let fault: unknown
    const stop = (reason: unknown) => {
      fault ??= reason
      emulator.kill()
    }
    const listen = () => {
      try {
        for (const message of heard.next()) {
          isBooted = true
          const { at_ms } = message
          const speed = at_ms === undefined ? undefined : clocks.take(at_ms, performance.now())
          // What is measured with it must not be stored.
          if (speed !== undefined) throw wrongClock(speed)
          isOver ||= isLast(message)
          onMessage(message)
        }
      } catch (error) {
        stop(
          error instanceof SpscError
            ? error
            : guestError(`what the guest says is damaged: ${errorMessage(error)}`, RETRY),
        )
      }
    }
    const said = () => (existsSync(files.console) ? readFileSync(files.console, 'latin1') : '')
    const onAbort = () => stop(cancelled(signal))
    const poll = setInterval(() => {
      listen()
      const seconds = (performance.now() - began) / 1000
      const halt = isBooted ? undefined : diagnoseHalt(said())
      if (halt !== undefined) stop(guestError(halt.what, halt.cure))
      else if (!isBooted && seconds > BOOT_LIMIT_S) {
        stop(
          guestError(
            `the guest did not boot within ${BOOT_LIMIT_S} s`,
            'give it another --kernel, or wait until this machine has less to do',
          ),
        )
      } else if (seconds > timeoutS) {
        const cure = boot.memoryMib < SCARCE_MIB ? 'raise --guest-memory or --guest-timeout' : 'raise --guest-timeout'
        stop(guestError(`the guest's run did not end within ${Math.round(timeoutS)} s`, cure))
      }
    }, POLL_MS)
    signal.addEventListener('abort', onAbort)
    try {
      const ended = await emulator.ended
      if (fault === undefined) listen()
      if (fault !== undefined) throw fault
      if (isOver) return
      const { what, cure } = diagnose(said(), ended, boot.memoryMib)
      throw guestError(what, cure)
    } finally {
      clearInterval(poll)
      signal.removeEventListener('abort', onAbort)
      emulator.kill()
      heard.close()
    }
  } finally {
    folder.remove()
  }
}

function writing<Result>(folder: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    const message = `${folder} can't be written: ${errorMessage(error)}; make room there, or set TMPDIR`
    throw new SpscError('ERR_OUTPUT', 'qemu', message, { cause: error })
  }
}
