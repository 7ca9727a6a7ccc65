// One end of one sample: says which thread it is, waits to be pinned, warms up, then runs its loop once.
import { readlinkSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { meet, pingPong, waitUntilOpen } from './gate.js'

const PING_PONG_ROUNDS = 20_000

const { peer, role, handle, gate, warmup, items } = workerData
const run = (await import(peer)).default[role](handle)

parentPort.postMessage({ tid: kernelTid() })
waitUntilOpen(gate)
meet(gate, 1)
const roundTripNs = pingPong(gate, role, PING_PONG_ROUNDS)
run(0, warmup)
meet(gate, 2)
const start = process.hrtime.bigint()
const sum = run(0, items)
const end = process.hrtime.bigint()
parentPort.postMessage({ role, roundTripNs, start, end, sum })

function kernelTid() {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1))
  } catch {
    return undefined
  }
}
