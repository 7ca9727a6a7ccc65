import { type TransferListItem, Worker } from 'node:worker_threads'
import type { PinThread } from './affinity.js'
import { type AloneReadings, certificateOf, planCertificate, type TripTimes } from './certificate.js'
import { TRIP_BYTES } from './certify-together.js'
import { AGREEMENT_BYTES } from './clock.js'
import type { Certificate } from './collected/certificate.js'
import type { ConsumerCounts } from './consumer-loop.js'
import { deriveTransfer } from './derive.js'
import { SpscError } from './errors.js'
import {
  isUnavailable,
  type Phase,
  type PhaseCounts,
  type Pipeline,
  type PipelineSetup,
  type Thread,
  type Unavailable,
} from './pipeline.js'
import type { ProducerCounts } from './producer-loop.js'
import type { QueueBackend, Role, Transfer } from './queue.js'
import type { Scenario } from './scenario.js'
import { ABSENT } from './trace.js'
import type { FromWorker, ToWorker, WorkerSetup } from './worker-protocol.js'

/** An end holds no more than a few objects; a plug-in that fills this is stopped before it takes the machine down. */
const MAX_HEAP_MIB = 512

/** One worker as a sequence of messages, each asked for once; its death is the answer to whatever is asked. */
class End {
  readonly role: Role
  readonly #worker: Worker
  #answer: { resolve(message: FromWorker): void; reject(error: Error): void } | undefined
  #early: FromWorker | Error | undefined

  constructor(setup: WorkerSetup, transferList: readonly object[]) {
    this.role = setup.role
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: setup,
      transferList: transferList as TransferListItem[],
      name: `spsc ${setup.role}`,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB },
    })
    this.#worker.on('message', (message: FromWorker) => this.#settle(message))
    this.#worker.on('error', (error) => this.#settle(this.#failure(error.message)))
    this.#worker.on('exit', (code) => this.#settle(this.#failure(`its thread ended with code ${code}`)))
  }

  #failure(reason: string): SpscError {
    return new SpscError('ERR_PLUGIN_FAILED', 'driver', `${this.role}: ${reason}`)
  }

  #settle(message: FromWorker | Error): void {
    if (this.#answer === undefined) {
      this.#early ??= message
      return
    }
    const { resolve, reject } = this.#answer
    this.#answer = undefined
    if (message instanceof Error) reject(message)
    else if (message.type === 'failed') reject(Object.assign(this.#failure(message.message), { code: message.code }))
    else resolve(message)
  }

  send(message: ToWorker): void {
    this.#worker.postMessage(message)
  }

  receive(): Promise<FromWorker> {
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject }
      if (this.#early === undefined) return
      const early = this.#early
      this.#early = undefined
      this.#settle(early)
    })
  }

  async ready(): Promise<Thread> {
    const { type: _, ...thread } = (await this.receive()) as FromWorker & { type: 'ready' }
    return { pid: process.pid, ...thread }
  }

  async parked<Counts extends ProducerCounts | ConsumerCounts>() {
    const { counts, javascript } = (await this.receive()) as FromWorker & { type: 'parked' }
    return { counts: counts as Counts, javascript }
  }

  /** What it reads for a certificate. */
  async certified<Readings extends AloneReadings | TripTimes>(): Promise<Readings | Unavailable> {
    return ((await this.receive()) as FromWorker & { type: 'certified' }).readings as Readings | Unavailable
  }

  async stop(): Promise<void> {
    await this.#worker.terminate()
  }
}

/** The readings of one end after the other, each while the other one is parked, and then of both at once. */
async function certify(producer: End, consumer: End, scenario: Scenario, budgetNs: number): Promise<Certificate> {
  const plan = planCertificate(scenario, budgetNs)
  const read = <Readings extends AloneReadings | TripTimes>(end: End, trips?: SharedArrayBuffer) => {
    end.send({ name: 'certificate', plan, ...(trips !== undefined && { trips }) })
    return end.certified<Readings>()
  }
  const alone = { producer: await read<AloneReadings>(producer), consumer: await read<AloneReadings>(consumer) }
  const memory = new SharedArrayBuffer(TRIP_BYTES)
  const [there, back] = await Promise.all([read<TripTimes>(producer, memory), read<TripTimes>(consumer, memory)])
  return certificateOf({ alone, trips: { producer: there, consumer: back } }, scenario)
}

async function pin(thread: Thread, cpu: number | undefined, pinThread: PinThread): Promise<void> {
  if (cpu === undefined) return
  if (isUnavailable(thread.tid)) {
    throw new SpscError(
      'ERR_CAPABILITY',
      'affinity',
      `pinning needs the thread's id: ${thread.tid.unavailable}; set pinProducer and pinConsumer to none`,
    )
  }
  await pinThread(cpu, thread.tid)
}

/**
 * The pipeline of a backend that has no `drive`: its two ends in two worker threads.
 *
 * @throws `ERR_PLUGIN…` where the backend can't be loaded, created or attached, `ERR_CAPABILITY` where it can't be pinned
 */
export async function startWorkerPipeline(
  backend: QueueBackend,
  { scenario, trace, seed, placement, faults = [], signal }: PipelineSetup,
  pinThread: PinThread,
): Promise<Pipeline> {
  const queue = backend.create({ capacity: scenario.queueCap })
  const gate = new SharedArrayBuffer(4)
  const agreement = new SharedArrayBuffer(AGREEMENT_BYTES)
  const { module, name } = backend
  const common = { backend: { module, name }, scenario, trace: trace.handle, gate, agreement, seed, faults }
  const end = (role: Role, { handle, transferList }: Transfer) =>
    new End({ ...common, role, handle, cpu: placement[role] ?? ABSENT }, transferList)
  const transfers = [deriveTransfer(queue, 'producer'), deriveTransfer(queue, 'consumer')] as const
  const producer = end('producer', transfers[0])
  const consumer = end('consumer', transfers[1])
  const stop = async () => {
    await Promise.all([producer.stop(), consumer.stop()])
  }
  // Its thread's end is the answer that a waiting end gets.
  signal.addEventListener('abort', stop, { once: true })
  try {
    const [producerThread, consumerThread] = await Promise.all([producer.ready(), consumer.ready()])
    await pin(producerThread, placement.producer, pinThread)
    await pin(consumerThread, placement.consumer, pinThread)
    return {
      producer: producerThread,
      consumer: consumerThread,
      stop,
      certify: (budgetNs) => certify(producer, consumer, scenario, budgetNs),
      async run(phase: Phase): Promise<PhaseCounts> {
        producer.send(phase)
        consumer.send(phase)
        const [produced, consumed] = await Promise.all([
          producer.parked<ProducerCounts>(),
          consumer.parked<ConsumerCounts>(),
        ])
        const { startNs, offersEndNs, ...offers } = produced.counts
        const javascript = { producer: produced.javascript, consumer: consumed.javascript }
        const times = { startNs: BigInt(startNs), offersEndNs: BigInt(offersEndNs) }
        return { ...offers, ...consumed.counts, ...times, javascript }
      },
    }
  } catch (error) {
    await stop()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
