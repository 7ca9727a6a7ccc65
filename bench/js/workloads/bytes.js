import { MILLIONS_A_SECOND, STREAM } from '../lib/kinds.js'

/*
 *                  +------- message -------+
 *   [ producer ] --| number … number again |--> ( queue of 1024 messages ) --> [ consumer: whole, order, sum ]
 *                  +-----------------------+
 */
const messagesOf = (size, { ringbuf, port }) => ({
  name: `bytes-${size}`,
  family: 'bytes',
  sentence: `A worker sends messages of ${size} bytes to another, one by one`,
  ends: STREAM,
  setup: { size },
  figure: MILLIONS_A_SECOND,
  marks: [
    { ours: 'copies', atLeast: ringbuf, reference: { peer: 'ringbuf.js' } },
    { ours: 'copies', atLeast: port, reference: { peer: 'MessagePort' } },
  ],
})

export default [messagesOf(64, { ringbuf: 5, port: 40 }), messagesOf(1024, { ringbuf: 8, port: 15 })]
