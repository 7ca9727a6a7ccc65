import test from 'ava'
import { fixed, proportion } from '../src/format.js'
import { oneLine } from '../src/text.js'

test('milliseconds have three decimals, and more where two digits need them', (t) => {
  t.deepEqual(
    [0, 0.06, 1.62, 1234.5678, 0.00025, 0.000001].map((ms) => fixed(ms, 3)),
    ['0.000', '0.060', '1.620', '1234.568', '0.00025', '0.0000010'],
  )
})

test('rates are integers, except below ten', (t) => {
  t.deepEqual(
    [0, 447.2, 12_345_678.9, 5, 0.4].map((rate) => fixed(rate, 0)),
    ['0', '447', '12345679', '5.0', '0.40'],
  )
})

test('a drop rate reads as 0 or 1 only where it is', (t) => {
  t.deepEqual([0, 1, 0.25, 1e-7, 0.99996].map(proportion), ['0.000', '1.000', '0.250', '0.00000010', '0.999960'])
})

test('terminal sequences, line breaks and reordering marks are taken out of text', (t) => {
  t.is(oneLine('\u001b[31mred\u001b[0m\r\nnext\u2028line\u202e\u0007'), 'red next line')
})
