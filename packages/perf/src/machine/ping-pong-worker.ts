import { parentPort, workerData } from 'node:worker_threads'
import { nowNs } from '@spsc/core/clock'
import { kernelThreadId } from '@spsc/core/driver'
import type { FromPlayer, PingPongSetup, Role } from './ping-pong-protocol.js'
import { STOP } from './ping-pong-protocol.js'

// One player. Between pairs it waits on its event loop, where the other thread pins it.
//
//   word      0      1            2            3            4  …  STOP
//   leader    serve -^   waits    ^- serve ----^   waits    ^
//   follower     waits   ^- answer    waits        ^- answer

const { word, batchRounds, warmUpNs, budgetNs, minBatches } = workerData as PingPongSetup
const port = parentPort as NonNullable<typeof parentPort>
const ball = new Int32Array(word)

/** Serves `rounds` times from an even value of the word on. */
function serve(rounds: number, from: number): number {
  let value = from
  for (let round = 0; round < rounds; round++) {
    Atomics.store(ball, 0, value + 1)
    value += 2
    while (Atomics.load(ball, 0) !== value);
  }
  return value
}

/** Nanoseconds per round of each batch; the first ones, until the code is compiled, are not counted. */
function lead(): number[] {
  let value = 0
  const began = nowNs()
  while (nowNs() - began < warmUpNs) value = serve(batchRounds, value)
  const batches: number[] = []
  const measured = nowNs()
  for (let before = measured; before - measured < budgetNs || batches.length < minBatches; ) {
    value = serve(batchRounds, value)
    const after = nowNs()
    batches.push((after - before) / batchRounds)
    before = after
  }
  Atomics.store(ball, 0, STOP)
  return batches
}

function follow(): void {
  for (let value = Atomics.load(ball, 0); value !== STOP; value = Atomics.load(ball, 0)) {
    if (value % 2 === 1) Atomics.store(ball, 0, value + 1)
  }
}

const send = (message: FromPlayer) => port.postMessage(message)

port.on('message', (role: Role) => {
  if (role === 'leader') send({ batches: lead() })
  else {
    follow()
    send({ batches: [] })
  }
})
send({ tid: kernelThreadId() })
