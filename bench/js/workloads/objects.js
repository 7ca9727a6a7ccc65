import { MILLIONS_A_SECOND, STREAM } from '../lib/kinds.js'

/*
 *   [ producer ] -- { id, type, account: { … }, tags: [ … ], total } --> ( queue ) --> [ consumer: order, sum ]
 *
 * By itself or 64 at a time: a ratio between batches and single objects tells what batching is worth, one between
 * batches and batches what the queue is worth.
 */
const ONE_BY_ONE = { peer: 'MessagePort', configuration: 'one by one' }
const BATCHES = { peer: 'MessagePort', configuration: 'batches of 64' }

export default [
  {
    name: 'objects',
    family: 'objects',
    sentence: 'A worker sends plain nested objects to another',
    ends: STREAM,
    setup: { batch: 64 },
    figure: MILLIONS_A_SECOND,
    marks: ['json, batches of 64', 'clone, batches of 64'].flatMap((ours) =>
      [ONE_BY_ONE, BATCHES].map((reference) => ({ ours, atLeast: 2, reference })),
    ),
  },
]
