// Owns a pipeline, says which threads it has, and leaves it running: who started this worker terminates it.
import { parentPort, workerData } from 'node:worker_threads'
import { phase, startPipeline } from './pipelines.mjs'

const { module, backend, settings, intervalUs } = workerData
const pipeline = await startPipeline((await import(module))[backend], settings)
const running = intervalUs === undefined ? undefined : pipeline.run(phase(600_000, intervalUs))
parentPort.postMessage([pipeline.producer.tid, pipeline.consumer.tid])
await running
// Parked between phases: only the worker's port keeps it alive.
parentPort.on('message', () => pipeline.stop())
