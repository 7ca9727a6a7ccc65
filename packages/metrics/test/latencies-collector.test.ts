import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { latencies } from '@spsc/metrics/latencies'
import test from 'ava'
import { delivered, type Item, runOf, traceOf } from './trace.js'

const dir = mkdtempSync(join(tmpdir(), 'spsc-latencies-'))
test.after.always(() => rmSync(dir, { recursive: true }))

async function emit(path: string, items: readonly Item[], flags?: 'wx' | 'w') {
  const collector = latencies({ path, ...(flags && { flags }) })
  await collector.start(runOf(traceOf(items)))
  return collector.stop()
}

test('one integer a line, delivered items in the order sent', async (t) => {
  const path = join(dir, 'order.txt')
  const items = [delivered(1000n, 60n), { due: 2000n, sent: 2000n }, delivered(3000n, 55n)]
  t.deepEqual(await emit(path, items), { path, written: 2 })
  t.is(readFileSync(path, 'utf8'), '60\n55\n')
})

test('a negative latency is written as it is', async (t) => {
  const path = join(dir, 'negative.txt')
  await emit(path, [{ sent: 2000n, pushed: 2001n, popped: 1995n }])
  t.is(readFileSync(path, 'utf8'), '-5\n')
})

test('more than one chunk arrives whole', async (t) => {
  const path = join(dir, 'long.txt')
  const count = 50_000
  const items = Array.from({ length: count }, (_, i) => delivered(1000n, BigInt(i)))
  t.deepEqual(await emit(path, items), { path, written: count })
  t.is(readFileSync(path, 'utf8'), `${Array.from({ length: count }, (_, i) => i).join('\n')}\n`)
})

test('an empty trace gives an empty file', async (t) => {
  const path = join(dir, 'empty.txt')
  t.deepEqual(await emit(path, []), { path, written: 0 })
  t.is(readFileSync(path, 'utf8'), '')
})

test('/dev/null takes everything', async (t) => {
  t.deepEqual(await emit('/dev/null', [delivered(1000n, 60n)]), { path: '/dev/null', written: 1 })
})

test('a file that is there is refused before the measurement, and kept', async (t) => {
  const path = join(dir, 'kept.txt')
  writeFileSync(path, 'measured before\n')
  await t.throwsAsync(async () => latencies({ path }).start(runOf(traceOf([]))), {
    code: 'ERR_EXISTS',
    message: /kept\.txt/,
  })
  t.is(readFileSync(path, 'utf8'), 'measured before\n')
})

test('flags w overwrites', async (t) => {
  const path = join(dir, 'overwritten.txt')
  writeFileSync(path, 'measured before\n')
  await emit(path, [delivered(1000n, 60n)], 'w')
  t.is(readFileSync(path, 'utf8'), '60\n')
})

test('a place that does not exist fails before the measurement', async (t) => {
  const path = join(dir, 'missing', 'latencies.txt')
  await t.throwsAsync(async () => latencies({ path }).start(runOf(traceOf([]))), {
    code: 'ERR_OUTPUT',
    message: /\[latencies\] .*missing.*can't be written: ENOENT/,
  })
})

test('a directory is not a file', async (t) => {
  await t.throwsAsync(async () => latencies({ path: dir }).start(runOf(traceOf([]))), {
    code: 'ERR_OUTPUT',
    message: /EISDIR/,
  })
})

test('a full device is an error', async (t) => {
  if (!existsSync('/dev/full')) {
    t.log('skipped: no /dev/full on this machine')
    t.pass()
    return
  }
  await t.throwsAsync(emit('/dev/full', [delivered(1000n, 60n)]), {
    code: 'ERR_OUTPUT',
    message: /\/dev\/full can't be written: ENOSPC/,
  })
})

test('stopped without start: unavailable', async (t) => {
  t.deepEqual(await latencies({ path: '/dev/null' }).stop(), { unavailable: 'it was not started' })
})
