import { MILLIONS_A_SECOND, STREAM } from '../lib/kinds.js'

/*
 *   [ producer ] -- 0, 1, 2 … one tryPush each --> ( queue of 1024 ) -- one tryPop each --> [ consumer: order, sum ]
 */
export default [
  {
    name: 'singles',
    family: 'singles',
    sentence: 'A worker sends single i32 items to another, both spinning',
    ends: STREAM,
    figure: MILLIONS_A_SECOND,
    marks: [
      { ours: 'adaptive', atLeast: 15, reference: { peer: 'ringbuf.js' } },
      { ours: 'publish each', atLeast: 4, reference: { peer: 'ringbuf.js' } },
      { ours: 'adaptive', atLeast: 1.5, reference: { peer: 'boost::lockfree' } },
    ],
  },
]
