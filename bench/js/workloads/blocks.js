import { MILLIONS_A_SECOND, STREAM } from '../lib/kinds.js'

/*
 *                  +-- block --+                              +-- up to a block --+
 *   [ producer ] --| i32 … i32 |--> ( queue of 1024 items ) --| i32 …             |--> [ consumer: order, sum ]
 *                  +-----------+                              +-------------------+
 */
const blocksOf = (size) => ({
  name: `blocks-${size}`,
  family: 'blocks',
  sentence: `A worker sends i32 items to another in blocks of ${size}, both spinning`,
  ends: STREAM,
  setup: { size },
  figure: MILLIONS_A_SECOND,
  marks: [{ ours: 'spans in place', atLeast: 2, reference: { peer: 'ringbuf.js' } }],
})

export default [blocksOf(64), blocksOf(256)]
