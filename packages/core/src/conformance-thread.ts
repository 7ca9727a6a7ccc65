import type { TransferListItem } from 'node:worker_threads'
import type { ThreadReport, ThreadTask } from './conformance.js'

// The suite's way to a thread of its own. Web Workers where the runtime has them (browsers, Deno, Bun), else Node's.
//
//   suite    runInThread  --task-->    conformance-worker.ts
//            report or fail <--report--  answerTask(perform)

/** What is used here of the Worker that the web platform defines. */
interface WebWorker {
  onmessage: ((event: { readonly data: ThreadReport }) => void) | null
  onerror: ((event: { readonly message: string; preventDefault(): void }) => void) | null
  postMessage(task: ThreadTask, transferList: readonly object[]): void
  terminate(): void
}

interface WebWorkerScope {
  onmessage: ((event: { readonly data: ThreadTask }) => void) | null
  postMessage(report: ThreadReport): void
}

type WebWorkerConstructor = new (url: URL, options: { readonly type: 'module' }) => WebWorker

declare const Worker: WebWorkerConstructor | undefined

interface Running {
  readonly report: Promise<ThreadReport>
  terminate(): unknown
}

function startWebWorker(Worker: WebWorkerConstructor, task: ThreadTask, transferList: readonly object[]): Running {
  const worker = new Worker(new URL('./conformance-worker.js', import.meta.url), { type: 'module' })
  const report = new Promise<ThreadReport>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = (event) => {
      event.preventDefault() // else Deno ends the process
      reject(new Error(event.message))
    }
  })
  worker.postMessage(task, transferList)
  return { report, terminate: () => worker.terminate() }
}

async function startNodeWorker(workerData: ThreadTask, transferList: readonly object[]): Promise<Running> {
  const { Worker } = await import('node:worker_threads')
  const worker = new Worker(new URL('./conformance-worker.js', import.meta.url), {
    workerData,
    transferList: transferList as TransferListItem[],
  })
  const report = new Promise<ThreadReport>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`its thread ended with code ${code}`)))
  })
  return { report, terminate: () => worker.terminate() }
}

/** Performs `task` in a thread of its own, which is gone when the promise settles. Rejects after `deadlineMs`. */
export async function runInThread(
  task: ThreadTask,
  transferList: readonly object[],
  deadlineMs: number,
): Promise<ThreadReport> {
  const { report, terminate } =
    typeof Worker === 'function'
      ? startWebWorker(Worker, task, transferList)
      : await startNodeWorker(task, transferList)
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('its thread hangs')), deadlineMs)
  })
  try {
    return await Promise.race([report, late])
  } finally {
    clearTimeout(timer)
    await terminate()
  }
}

/** The thread's side: reports what `perform` makes of the task. */
export async function answerTask(perform: (task: ThreadTask) => Promise<ThreadReport>): Promise<void> {
  if (typeof Worker === 'function') {
    const scope = globalThis as unknown as WebWorkerScope
    scope.onmessage = async ({ data }) => scope.postMessage(await perform(data))
    return
  }
  const { parentPort, workerData } = await import('node:worker_threads')
  parentPort?.postMessage(await perform(workerData))
}
