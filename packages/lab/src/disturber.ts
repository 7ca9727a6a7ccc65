import { Worker } from 'node:worker_threads'
import { type Disturbance, errorCode, errorMessage } from '@spsc/core'
import { makeCpuGroup } from './disturbances/cpu-group.js'
import type { DisturberJob, FromDisturber } from './disturbances/disturber-protocol.js'

// A process that disturbs a replicate from outside. It undoes what it does, and ends, when the channel to the
// laboratory closes: that is how the laboratory ends it, and what happens where the laboratory dies.

const tell = (message: FromDisturber) => process.send?.(message)

/** What undoes it. */
type Undo = () => void

/** This thread is for the channel alone. */
async function hog(): Promise<Undo> {
  const worker = new Worker('require("node:worker_threads").parentPort.postMessage("spins"); for (;;);', { eval: true })
  await new Promise((resolve) => worker.once('message', resolve))
  return () => {}
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    process.exit(0) // it has ended
  }
}

/** Stops at multiples of the period, so that a late timer does not put off the next. */
function freeze(pid: number, { ns, everyNs }: Disturbance & { kind: 'freeze' }): Undo {
  const never = new Int32Array(new SharedArrayBuffer(4))
  const start = performance.now()
  const [ms, everyMs] = [ns / 1e6, everyNs / 1e6]
  const strikeAfter = (count: number) => {
    setTimeout(
      () => {
        signal(pid, 'SIGSTOP')
        // Nothing may come between: whatever ends this process, the other goes on first.
        Atomics.wait(never, 0, 0, ms)
        signal(pid, 'SIGCONT')
        strikeAfter(Math.floor((performance.now() - start) / everyMs) + 1)
      },
      Math.max(0, start + count * everyMs - performance.now()),
    )
  }
  strikeAfter(1)
  return () => signal(pid, 'SIGCONT')
}

function quota(pid: number, disturbance: Disturbance & { kind: 'cpu-quota' }): Undo {
  const group = makeCpuGroup(disturbance)
  try {
    group.add(pid)
  } catch (error) {
    group.remove()
    throw error
  }
  return () => group.remove()
}

async function disturb({ disturbance, pid }: DisturberJob): Promise<Undo> {
  switch (disturbance.kind) {
    case 'hog':
      return hog()
    case 'freeze':
      return freeze(pid, disturbance)
    case 'cpu-quota':
      return quota(pid, disturbance)
  }
}

// A Ctrl-C at the terminal is the laboratory's to answer.
process.on('SIGINT', () => {})
process.once('message', async (job: DisturberJob) => {
  let undo: Undo = () => {}
  process.once('disconnect', () => {
    undo()
    process.exit(0)
  })
  try {
    undo = await disturb(job)
    if (process.connected) tell({ type: 'disturbing' })
    else process.exit(0)
  } catch (error) {
    tell({ type: 'failed', code: errorCode(error, 'ERR_CAPABILITY'), message: errorMessage(error) })
  }
})
