import { getEventListeners } from 'node:events'
import { type ResultRecord, Run } from '@spsc/core'
import test from 'ava'

const RECORD = { scenario: 'baseline', status: 'failed' } as ResultRecord

test('a run tells its listeners what happens, with what belongs to it', (t) => {
  const run = new Run()
  const seen: unknown[] = []
  const ref = { scenario: 'baseline', queue: 'sab', replicate: 1, order: 1, total: 1 }
  run.on('warning', (event) => seen.push(event))
  run.on('result', (record) => seen.push(record))
  run.emit('warning', { ...ref, message: 'drifts' })
  run.emit('result', RECORD)
  t.deepEqual(seen, [{ ...ref, message: 'drifts' }, RECORD])
})

test('a listener that was removed hears nothing more', (t) => {
  const run = new Run()
  const listener = () => t.fail()
  run.on('result', listener)
  run.off('result', listener)
  t.false(run.emit('result', RECORD))
})

test('a run is not cancelled until it is', (t) => {
  t.false(new Run().signal.aborted)
  t.false(new Run(new AbortController().signal).signal.aborted)
})

test('cancel aborts the run’s signal with the reason', (t) => {
  const run = new Run()
  const signal = run.signal
  run.cancel('enough')
  t.true(signal.aborted)
  t.is(signal.reason, 'enough')
})

test('cancel is idempotent: the first reason stands and listeners hear once', (t) => {
  const run = new Run()
  let heard = 0
  run.signal.addEventListener('abort', () => heard++)
  run.cancel('first')
  run.cancel('second')
  t.is(run.signal.reason, 'first')
  t.is(heard, 1)
})

test('a signal given to the run cancels it, with its reason', (t) => {
  const controller = new AbortController()
  const run = new Run(controller.signal)
  controller.abort('outside')
  t.is(run.signal.reason, 'outside')
})

test('a signal that is aborted already cancels the run from the start', (t) => {
  const run = new Run(AbortSignal.abort('before'))
  t.true(run.signal.aborted)
  t.is(run.signal.reason, 'before')
})

test('cancelling a run leaves the signal it was given alone', (t) => {
  const controller = new AbortController()
  const run = new Run(controller.signal)
  run.cancel('inside')
  t.false(controller.signal.aborted)
  t.deepEqual(getEventListeners(controller.signal, 'abort'), [], 'nothing of the run is kept by it')
  controller.abort('outside')
  t.is(run.signal.reason, 'inside')
})
