import { EXCHANGE, THOUSANDS_A_SECOND } from '../lib/kinds.js'

/*
 *   [ client: 64 callers, each  ] -- echo(0), echo(1) … --> [ server ]
 *   [ await call('echo', item)  ] <------- 0, 1 … ---------
 */
export default [
  {
    name: 'rpc',
    family: 'rpc',
    sentence: 'A worker calls a function of another by name, 64 calls in flight, and gets promises',
    ends: EXCHANGE,
    figure: THOUSANDS_A_SECOND,
    marks: [{ ours: 'duplex of json', atLeast: 10, reference: { peer: 'piscina' } }],
  },
]
