import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startInGuest } from '@spsc/qemu'
import test from 'ava'
import { answering, assertNothingLeft, guestOptions, MANIFEST, machine, record } from './guests.js'

const BEGUN = [{ type: 'booted' }, { type: 'manifest', manifest: MANIFEST }]
const FINISHED = { type: 'finished', manifest: MANIFEST }

test.serial('records are stored as they come, under the name of the run, and told as events', async (t) => {
  const event = { type: 'event', name: 'progress', event: { scenario: 'baseline', phase: 'paced' } }
  const said = answering(t, ...BEGUN, event, { type: 'record', record: record() }, FINISHED)
  const there = machine(t, `cat ${said} >"$answers"`)
  const { run, finished } = await startInGuest(await guestOptions(there))
  const { records, cancelled } = await finished
  t.is(run.signal.aborted, false)
  t.like({ cancelled, records }, { cancelled: false, records: [{ run: 'mine' }] })
  t.deepEqual(readdirSync(there.out).sort(), ['mine_manifest.json', 'mine_results.ndjson'])
  t.like(JSON.parse(readFileSync(join(there.out, 'mine_manifest.json'), 'utf8')), {
    ...{ name: 'mine', command: 'spsc run', records: 1 },
    host: { system: 'linux x64' },
  })
  assertNothingLeft(t, there)
})

test.serial('raw latencies go where they were asked for, and the record says where', async (t) => {
  const measured = record({ status: 'ok', collectors: { latencies: { path: '/tmp/guest', written: 2 } } } as never)
  const said = answering(
    t,
    ...BEGUN,
    { type: 'record', record: measured, sha256: 'a', latencies: '12\n34\n' },
    FINISHED,
  )
  const there = machine(t, `cat ${said} >"$answers"`)
  const path = join(there.out, 'raw.txt')
  const options = await guestOptions(there, { latenciesFile: () => ({ path, flags: 'wx' }) })
  const { records } = await (await startInGuest(options)).finished
  t.is(readFileSync(path, 'utf8'), '12\n34\n')
  t.like(records[0], { collectors: { latencies: { path, written: 2 } } })
})

test.serial('an image is made once, also by two runs at once', async (t) => {
  const there = machine(t, `cat ${answering(t, ...BEGUN, FINISHED)} >"$answers"`, {}, { ownImages: true })
  const [one, two] = await Promise.all([
    startInGuest(await guestOptions(there, { name: 'one' })),
    startInGuest(await guestOptions(there, { name: 'two' })),
  ])
  await Promise.all([one.finished, two.finished])
  t.is(there.images(), 1)
  await (await startInGuest(await guestOptions(there, { name: 'three' }))).finished
  t.is(there.images(), 1)
})

/** An emulator whose second boot may say something else than the first. */
function boots(t: Parameters<typeof answering>[0], ...hashes: readonly string[]): string {
  const files = hashes.map((sha256) => answering(t, ...BEGUN, { type: 'record', record: record(), sha256 }, FINISHED))
  return `
boot=$(wc -l <"$FAKE_PIDS")
[ "$boot" -eq 1 ] && cat ${files[0]} >"$answers" || cat ${files[1]} >"$answers"`
}

test.serial('in mode deterministic two boots that say the same are found identical', async (t) => {
  const there = machine(t, boots(t, 'abc', 'abc'))
  const options = await guestOptions(there, { texts: { kernel: there.kernel, mode: 'deterministic' } })
  const { determinism, records } = await (await startInGuest(options)).finished
  t.like(determinism, { boots: 2, identical: true, differing: [] })
  t.is(determinism?.sha256[0], determinism?.sha256[1])
  t.is(records.length, 1, 'the second boot stores nothing')
  t.like(JSON.parse(readFileSync(join(there.out, 'mine_manifest.json'), 'utf8')), { determinism: { identical: true } })
  assertNothingLeft(t, there)
})

test.serial('in mode deterministic two boots that differ are told, with the replicates that do', async (t) => {
  const there = machine(t, boots(t, 'abc', 'abd'))
  const options = await guestOptions(there, { texts: { kernel: there.kernel, mode: 'deterministic' } })
  const { determinism } = await (await startInGuest(options)).finished
  t.like(determinism, { identical: false, differing: [1] })
  t.not(determinism?.sha256[0], determinism?.sha256[1])
})

test.serial('in mode deterministic no disk, no chance and no time reach the guest', async (t) => {
  const there = machine(
    t,
    `printf '%s\\n' "$@" >"$FAKE_ROOT/arguments"; cat ${answering(t, ...BEGUN, FINISHED)} >"$answers"`,
  )
  const options = await guestOptions(there, { texts: { kernel: there.kernel, mode: 'deterministic' } })
  await (await startInGuest(options)).finished
  const given = readFileSync(join(there.cache, '../arguments'), 'utf8')
  t.regex(given, /-icount\nshift=1,sleep=off\n/)
  t.regex(given, /-rtc\nclock=vm,base=2024-01-01T00:00:00\n-seed\n42\n/)
  t.regex(given, /-smp\n1\n/)
  t.regex(given, /nokaslr/)
  t.notRegex(given, /nvme|-drive/)
})
