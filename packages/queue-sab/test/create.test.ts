import { attachQueue, bytes, createQueue, type NumberType, QueueError, type QueueOptions } from '@spsc/queue-sab'
import test from 'ava'
import { KINDS } from './kinds.js'

const CAPACITIES: [unknown, string][] = [
  [0, '0'],
  [-1, '-1'],
  [1.5, '1.5'],
  [Number.NaN, 'NaN'],
  [1e12, '1000000000000'],
  [2 ** 28 + 1, '268435457'],
  ['8', 'the string "8"'],
  ['\u001b[31m', 'the string "\\u001b[31m"'],
  [8n, 'the bigint 8'],
  [true, 'the boolean true'],
  [Symbol('8'), 'the symbol Symbol(8)'],
  [Object.create(null), 'of type object'],
  [() => 8, 'of type function'],
  [null, 'null'],
  [undefined, 'undefined'],
]

for (const { name, create } of KINDS) {
  test(`${name}: a capacity that is no integer from 1 to 2^28 is refused, and shown with its type`, (t) => {
    for (const [capacity, shown] of CAPACITIES) {
      t.throws(() => create({ capacity: capacity as number }), {
        instanceOf: QueueError,
        code: 'ERR_OPTION',
        message: `[spsc] [queue-sab] capacity is ${shown}; allowed: an integer from 1 to 268435456`,
      })
    }
  })

  test(`${name}: an unknown element type is refused, also an array that reads as a known one`, (t) => {
    for (const type of ['i8', 'toString', '__proto__', 1, null, ['i32']]) {
      const expected = { code: 'ERR_OPTION', message: /type is .+; allowed: i32, f64/ }
      t.throws(() => create({ capacity: 8, type: type as NumberType }), expected)
    }
  })

  test(`${name}: options that are no object are refused`, (t) => {
    for (const options of [undefined, null, 8]) {
      const expected = { code: 'ERR_OPTION', message: /options is \w+; allowed: \{ capacity, type \}/ }
      t.throws(() => create(options as unknown as QueueOptions), expected)
    }
  })

  test.serial(`${name}: without SharedArrayBuffer the error names cross-origin isolation`, (t) => {
    const expected = { code: 'ERR_CAPABILITY', message: /no SharedArrayBuffer; allowed: .+cross-origin isolated/ }
    withSharedArrayBuffer(undefined, () => t.throws(() => create({ capacity: 8 }), expected))
  })

  test.serial(`${name}: memory that is not to be had is an error with its cause`, (t) => {
    const cause = new RangeError('Array buffer allocation failed')
    // Not an arrow function: it is called with `new`.
    const exhausted = function exhausted() {
      throw cause
    }
    const expected = { code: 'ERR_CAPABILITY', message: /1056 bytes are not to be had; allowed: .+; ask for less/ }
    const error = withSharedArrayBuffer(exhausted, () => t.throws(() => create({ capacity: 8 }), expected))
    t.is(error?.cause, cause)
  })
}

function withSharedArrayBuffer<Result>(replacement: unknown, action: () => Result): Result {
  const original = globalThis.SharedArrayBuffer
  globalThis.SharedArrayBuffer = replacement as typeof SharedArrayBuffer
  try {
    return action()
  } finally {
    globalThis.SharedArrayBuffer = original
  }
}

test('a type, a way of waiting or options that only look like it are refused', (t) => {
  const { handle } = createQueue({ capacity: 1 })
  for (const wrong of [
    { type: { slotsPerUnit: 1, name: 'mine' } },
    { type: { ...bytes(4), slotBytes: 0.5 } },
    { waiting: '' },
    { waiting: { code: 7 } },
  ]) {
    t.throws(() => createQueue({ capacity: 1, ...wrong } as never), { code: 'ERR_OPTION' })
    t.throws(() => attachQueue(handle, wrong as never), { code: 'ERR_OPTION' })
  }
  t.throws(() => attachQueue(handle, null as never), { code: 'ERR_OPTION', message: /options is null/ })
})
