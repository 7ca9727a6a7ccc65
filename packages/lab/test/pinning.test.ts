import { isUnavailable } from '@spsc/core'
import { loadPinning } from '@spsc/lab'
import test from 'ava'
import { fixture } from './runs.js'

const reasonOf = async (module: string | undefined) => {
  const pinning = await loadPinning(module)
  return isUnavailable(pinning) ? pinning.unavailable : undefined
}

test('a module that pins threads gives the function that does', async (t) => {
  t.is(typeof (await loadPinning(fixture('affinity.js'))), 'function')
})

test('why threads can’t be pinned is said, and nothing is thrown', async (t) => {
  t.is(await reasonOf(undefined), 'no module that pins threads was named')
  t.regex((await reasonOf(fixture('nowhere.js'))) ?? '', /Cannot find module .*nowhere\.js/)
  t.regex((await reasonOf(fixture('wrong-shape.js'))) ?? '', /allowedCpus is not a function/)
})
