import { existsSync } from 'node:fs'
import test from 'ava'
import { BRIEF, folder, run, spsc, storedRecords } from './spsc.js'

const addon = new URL(`spsc-${process.platform}-${process.arch}.node`, import.meta.resolve('@spsc/queue-native'))
const withAddon = existsSync(addon) ? test : test.skip

for (const queue of ['sab', 'sab-mutex', './examples/plugin-queue']) {
  test(`--item-bytes 64 on ${queue} exits with 5 and says what it carries and what to do`, async (t) => {
    const cwd = folder(t)
    const path = queue.startsWith('.') ? new URL(`../../../${queue}`, import.meta.url).pathname : queue
    const { code, stderr } = await spsc(['run', ...BRIEF, '--queue', path, '--item-bytes', '64', '--quiet'], { cwd })
    t.is(code, 5, stderr)
    t.regex(stderr, /itemBytes is 64, but queue [a-z-]+ carries items of one 64-bit word; allowed: 8; .*--queue native/)
    t.like(storedRecords(cwd, 'baseline')[0], { status: 'failed', error: { code: 'ERR_CAPABILITY' } })
  })
}

test('an item of 8 bytes is what every queue takes, asked for or not', async (t) => {
  for (const args of [[], ['--item-bytes', '8']]) {
    const cwd = folder(t)
    await run(t, ['--queue', 'sab,sab-mutex', '--name', 'mine', '--quiet', ...args], { cwd })
    t.deepEqual(
      storedRecords(cwd, 'mine').map(({ status, config }) => [status, config.itemBytes]),
      [
        ['ok', 8],
        ['ok', 8],
      ],
    )
  }
})

withAddon('sizes of items are a matrix on native and mutex, and stand in record and label', async (t) => {
  const cwd = folder(t)
  await run(t, ['--queue', 'native,mutex', '--item-bytes', '8,1024', '--name', 'mine', '--quiet'], { cwd })
  const cells = storedRecords(cwd, 'mine').map(({ status, scenario, queue, config }) =>
    [status, scenario, queue, config.itemBytes].join(' '),
  )
  t.deepEqual(cells.sort(), [
    'ok baseline item-bytes=1024 mutex 1024',
    'ok baseline item-bytes=1024 native 1024',
    'ok baseline item-bytes=8 mutex 8',
    'ok baseline item-bytes=8 native 8',
  ])
})

withAddon('the environment gives the size of items too', async (t) => {
  const cwd = folder(t)
  await run(t, ['--queue', 'native', '--name', 'mine', '--quiet'], { cwd, env: { SPSC_ITEM_BYTES: '64' } })
  t.is(storedRecords(cwd, 'mine')[0]?.config.itemBytes, 64)
})

withAddon('a capacity and a size that are too much together exit with 5 and name both', async (t) => {
  const cwd = folder(t)
  const sizes = ['--queue-cap', '16777216', '--item-bytes', '65536']
  const { code, stderr } = await spsc(['run', ...BRIEF, '--queue', 'native', ...sizes, '--quiet'], { cwd })
  t.is(code, 5, stderr)
  t.regex(stderr, /queueCap 16777216 of itemBytes 65536 takes 1048576 MiB; allowed: .*; lower queueCap or itemBytes/)
})
