import { MILLIONS_A_SECOND, STREAM } from '../lib/kinds.js'

/*
 *   [ producer ] -- { id, price, quantity, side, symbol } --> ( queue of 1024 records ) --> [ consumer: all five, sum ]
 */
export default [
  {
    name: 'records',
    family: 'records',
    sentence: 'A worker sends records of five fields to another',
    ends: STREAM,
    figure: MILLIONS_A_SECOND,
    marks: [{ ours: 'spans in place', atLeast: 20, reference: { peer: 'MessagePort' } }],
  },
]
