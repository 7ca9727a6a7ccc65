import { errorCode, errorMessage, SpscError } from '@spsc/core'
import test from 'ava'

test('an error says package, part and what is wrong, and carries code and cause', (t) => {
  const cause = new Error('inner')
  const error = new SpscError('ERR_OPTION', 'scenario', 'queueCap is 0', { cause })
  t.is(error.message, '[spsc] [scenario] queueCap is 0')
  t.deepEqual([error.name, error.code, error.part, error.cause], ['SpscError', 'ERR_OPTION', 'scenario', cause])
  t.true(error instanceof Error)
})

test('the code of anything thrown is its own, or the fallback', (t) => {
  t.is(errorCode(new SpscError('ERR_CLAIMED', 'queue', 'taken'), 'ERR_PLUGIN_FAILED'), 'ERR_CLAIMED')
  t.is(errorCode({ code: 'ERR_CLOSED' }, 'ERR_PLUGIN_FAILED'), 'ERR_CLOSED')
  for (const thrown of [new Error('plain'), { code: 'ENOENT' }, { code: 25 }, 'text', 0, null, undefined]) {
    t.is(errorCode(thrown, 'ERR_PLUGIN_FAILED'), 'ERR_PLUGIN_FAILED')
  }
})

test('anything thrown has a message', (t) => {
  t.is(errorMessage(new Error('plain')), 'plain')
  t.is(errorMessage('text'), 'text')
  t.is(errorMessage(undefined), 'undefined')
})
