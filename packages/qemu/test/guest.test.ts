import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseSlo, planMaxRate } from '@spsc/lab'
import { startInGuest } from '@spsc/qemu'
import test, { type ExecutionContext } from 'ava'
import {
  answering,
  assertNothingLeft,
  folder,
  guestOptions,
  MANIFEST,
  type Machine,
  machine,
  record,
} from './guests.js'

const BEGUN = [{ type: 'booted' }, { type: 'manifest', manifest: MANIFEST }]
const FINISHED = { type: 'finished', manifest: MANIFEST }
const BRIEF_GUEST = [...BEGUN, { type: 'record', record: record() }, FINISHED]

/** A record of a replicate that was measured, with what its collector of raw latencies says. */
function measured(latencies: object) {
  return record({ status: 'ok', collectors: { latencies } } as never)
}

/** What a guest does that says all at once, and keeps its job and the emulator's arguments. */
function saying(t: ExecutionContext, ...messages: readonly object[]): string {
  return `
[ -z "$job" ] || cp "$job" "$FAKE_ROOT/job"
printf '%s\\n' "$@" >"$FAKE_ROOT/arguments"
cat ${answering(t, ...messages)} >"$answers"`
}

/** What a fake machine's last guest was to do, and the emulator's arguments. */
function asked({ cache }: Machine) {
  const read = (name: string) => readFileSync(join(cache, '..', name), 'utf8')
  return { job: () => JSON.parse(read('job').replace(/\0+$/, '')), args: () => read('arguments') }
}

function stored({ out }: Machine) {
  const lines = readFileSync(join(out, 'mine_results.ndjson'), 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line))
}

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
  const message = { type: 'record', record: measured({ written: 2 }), sha256: 'a', latencies: '12\n34\n' }
  const there = machine(t, saying(t, ...BEGUN, message, FINISHED))
  const path = join(there.out, 'raw.txt')
  const options = await guestOptions(there, { latenciesFile: () => ({ path, flags: 'wx' }) })
  const { records } = await (await startInGuest(options)).finished
  t.is(readFileSync(path, 'utf8'), '12\n34\n')
  t.like(records[0], { collectors: { latencies: { path, written: 2 } } })
  t.like(asked(there).job(), { latencies: { send: true, plugin: { name: 'latencies' } } })
})

test.serial('raw latencies whose file is there already are unavailable, and the file stays', async (t) => {
  const message = { type: 'record', record: measured({ written: 1 }), latencies: '12\n' }
  const there = machine(t, saying(t, ...BEGUN, message, FINISHED))
  const path = join(folder(t), 'raw.txt')
  writeFileSync(path, 'kept')
  const options = await guestOptions(there, { latenciesFile: () => ({ path, flags: 'wx' }) })
  await (await startInGuest(options)).finished
  t.regex(stored(there)[0].collectors.latencies.unavailable, /raw\.txt can't be written: EEXIST/)
  t.is(readFileSync(path, 'utf8'), 'kept')
})

test.serial('raw latencies that the guest could not write are unavailable for the reason it gives', async (t) => {
  const latencies = { unavailable: 'no room in the guest' }
  const there = machine(t, saying(t, ...BEGUN, { type: 'record', record: measured(latencies) }, FINISHED))
  const path = join(folder(t), 'raw.txt')
  const options = await guestOptions(there, { latenciesFile: () => ({ path, flags: 'wx' }) })
  await (await startInGuest(options)).finished
  t.deepEqual(stored(there)[0].collectors, { latencies })
  t.throws(() => readFileSync(path), { code: 'ENOENT' })
})

test.serial('raw latencies that nobody asked for leave nothing in a record, not even the guest’s path', async (t) => {
  const there = machine(t, saying(t, ...BEGUN, { type: 'record', record: measured({ path: '/tmp/guest' }) }, FINISHED))
  await (await startInGuest(await guestOptions(there))).finished
  t.deepEqual(stored(there)[0].collectors, {})
  t.false('latencies' in asked(there).job())
})

test.serial('what takes megabytes to say arrives whole', async (t) => {
  const latencies = randomBytes(2 ** 21).toString('hex')
  const there = machine(t, saying(t, ...BEGUN, { type: 'record', record: measured({}), latencies }, FINISHED))
  const path = join(folder(t), 'raw.txt')
  const options = await guestOptions(there, { latenciesFile: () => ({ path, flags: 'wx' }) })
  await (await startInGuest(options)).finished
  t.true(readFileSync(path, 'utf8') === latencies)
})

test.serial('what a guest says later is told when it says it', async (t) => {
  const progress = { type: 'event', name: 'progress', event: { scenario: 'baseline', phase: 'paced' } }
  const first = answering(t, ...BEGUN)
  const second = answering(t, progress, { type: 'record', record: record() }, FINISHED)
  // The second part waits until the first has been heard.
  const wait = 'while ! [ -e "$FAKE_ROOT/go" ]; do sleep 0.1; done'
  const there = machine(t, `cat ${first} >"$answers"; ${wait}; cat ${second} >>"$answers"`)
  const { run, finished } = await startInGuest(await guestOptions(there))
  const told: string[] = []
  run.on('progress', ({ scenario }) => told.push(`progress of ${scenario}`))
  run.on('result', (result) => told.push(`result of ${result.run}`))
  // After a turn of the event loop whatever came before was told.
  await new Promise((resolve) => setImmediate(resolve))
  t.deepEqual(told, [])
  writeFileSync(join(there.cache, '../go'), '')
  await finished
  t.deepEqual(told, ['progress of baseline', 'result of mine'])
})

test.serial('a run that is cancelled while it measures ends well, with what was measured', async (t) => {
  const there = machine(t, `cat ${answering(t, ...BRIEF_GUEST.slice(0, -1))} >"$answers"; exec sleep 60`)
  const { run, finished } = await startInGuest(await guestOptions(there))
  run.on('result', () => run.cancel())
  t.like(await finished, { cancelled: true, records: [{ run: 'mine' }] })
  t.is(stored(there).length, 1)
  t.like(JSON.parse(readFileSync(join(there.out, 'mine_manifest.json'), 'utf8')), { records: 1 })
  assertNothingLeft(t, there)
})

test.serial('a run that is replaced has only what the new guest measured', async (t) => {
  const there = machine(t, saying(t, ...BRIEF_GUEST))
  writeFileSync(join(there.out, 'mine_results.ndjson'), 'old\n')
  writeFileSync(join(there.out, 'mine_manifest.json'), '{"old":true}')
  await (await startInGuest(await guestOptions(there, { onExisting: 'replace' }))).finished
  t.like(stored(there), [{ run: 'mine' }])
  t.deepEqual(readdirSync(there.out).sort(), ['mine_manifest.json', 'mine_results.ndjson'])
  t.false('old' in JSON.parse(readFileSync(join(there.out, 'mine_manifest.json'), 'utf8')))
})

test.serial('a run that goes on gives the guest what was measured, and has both at its end', async (t) => {
  const there = machine(t, saying(t, ...BRIEF_GUEST))
  await (await startInGuest(await guestOptions(there))).finished
  t.false('earlier' in asked(there).job())
  const before = readFileSync(join(there.out, 'mine_results.ndjson'), 'utf8')
  const { records } = await (await startInGuest(await guestOptions(there, { onExisting: 'resume' }))).finished
  const { earlier } = asked(there).job()
  t.is(earlier.results, before)
  t.like(JSON.parse(earlier.manifest), { name: 'mine', records: 1 })
  t.is(records.length, 2)
  t.is(stored(there).length, 2)
})

test.serial('a run that was begun and has no record yet goes on as a new one', async (t) => {
  const there = machine(t, saying(t, ...BRIEF_GUEST))
  writeFileSync(join(there.out, 'mine_results.ndjson'), '')
  await (await startInGuest(await guestOptions(there, { onExisting: 'resume' }))).finished
  t.false('earlier' in asked(there).job())
  t.is(stored(there).length, 1)
})

test.serial('a run whose manifest is gone can’t go on, and its records stay', async (t) => {
  const there = machine(t, saying(t, ...BRIEF_GUEST))
  await (await startInGuest(await guestOptions(there))).finished
  const before = readFileSync(join(there.out, 'mine_results.ndjson'), 'utf8')
  rmSync(join(there.out, 'mine_manifest.json'))
  const resumed = startInGuest(await guestOptions(there, { onExisting: 'resume' }))
  const message = /mine_manifest\.json can't be read: ENOENT.*; start anew with --force/
  await t.throwsAsync(resumed, { code: 'ERR_OUTPUT', message })
  t.is(there.pids().length, 1, 'nothing was booted for it')
  t.is(readFileSync(join(there.out, 'mine_results.ndjson'), 'utf8'), before)
  t.deepEqual(readdirSync(there.out), ['mine_results.ndjson'])
})

test.serial('a search of rates is described to the guest, and its outcome is what the guest found', async (t) => {
  const maxRate = [{ scenario: 'baseline', queue: 'native', verdict: 'found', rate: 2000 }]
  const there = machine(t, saying(t, ...BEGUN, { ...FINISHED, maxRate }))
  const options = await guestOptions(there)
  const { queue } = options.plan.cells[0] as (typeof options.plan.cells)[number]
  const plan = planMaxRate({
    scenarios: [{ name: 'baseline', settings: { duration: 0.1, warmup: 0, pacing: 'deadline' } }],
    queues: [queue],
    replicates: 1,
    seed: 1,
    slo: parseSlo('p99<1ms,drop<0.001'),
    search: { lowest: 1000, highest: 4000, resolution: 0.1 },
  })
  const outcome = await (await startInGuest({ ...options, plan })).finished
  t.deepEqual(outcome.maxRate as unknown, maxRate)
  t.deepEqual(asked(there).job().search, {
    slo: 'response.p99<1ms,drop<0.001',
    rates: { lowest: 1000, highest: 4000, resolution: 0.1 },
  })
})

test.serial('the module that pins threads is the guest’s copy of it', async (t) => {
  const there = machine(t, saying(t, ...BRIEF_GUEST))
  const affinity = import.meta.resolve('@spsc/queue-native')
  await (await startInGuest(await guestOptions(there, { affinity }))).finished
  t.regex(asked(there).job().affinity, /^file:\/\/\/spsc\/@spsc\+queue-native@[\d.]+\/dist\/index\.js$/)
})

const MANY = 64
const crowded = availableParallelism() < MANY ? test.serial : test.serial.skip
crowded('a guest with more CPUs than this machine is run, and the reader told what that does', async (t) => {
  const there = machine(t, saying(t, ...BRIEF_GUEST))
  const notes: string[] = []
  const texts = { kernel: there.kernel, 'guest-cpus': String(MANY) }
  await (await startInGuest(await guestOptions(there, { texts, onNote: (note) => notes.push(note) }))).finished
  t.regex(notes.join('\n'), /^the guest has 64 CPUs and this machine \d+: its CPUs take turns/m)
  t.regex(asked(there).args(), /-smp\n64\n/)
})

/** The file tree of a virtual machine, where KVM may be had or not. */
function tree(t: ExecutionContext, kvm: boolean): string {
  const root = folder(t)
  for (const name of ['proc', 'dev']) mkdirSync(join(root, name))
  const flags = `constant_tsc hypervisor${kvm ? ' vmx' : ''}`
  writeFileSync(join(root, 'proc/cpuinfo'), `processor\t: 0\ncpu MHz\t\t: 2299.998\nflags\t\t: ${flags}\n`)
  if (kvm) writeFileSync(join(root, 'dev/kvm'), '')
  return root
}

test.serial('where KVM boots a kernel the guest has the host’s CPU, and its clock is left alone', async (t) => {
  const panic = `[ -n "$answers" ] || { echo 'Kernel panic - not syncing: VFS' >"$console"; exit; }`
  const there = machine(t, `${panic}${saying(t, ...BRIEF_GUEST)}`)
  const options = await guestOptions(there, { texts: { kernel: there.kernel, accel: 'auto' } })
  await (await startInGuest({ ...options, root: tree(t, true) })).finished
  t.is(asked(there).job().ground.accelerator, 'kvm')
  t.regex(asked(there).args(), /-accel\nkvm\n-cpu\nhost\n/)
  t.notRegex(asked(there).args(), /tsc_early_khz|no_timer_check/)
})

for (const [what, root, appended] of [
  ['is told how fast the host’s counter counts', tree, / no_timer_check tsc_early_khz=2299998 console/],
  ['is told nothing of a counter that is not known', folder, / no_timer_check console/],
] as const) {
  test.serial(`a translated guest ${what}`, async (t) => {
    const there = machine(t, saying(t, ...BRIEF_GUEST))
    await (await startInGuest({ ...(await guestOptions(there)), root: root(t, false) })).finished
    t.is(asked(there).job().ground.accelerator, 'tcg')
    t.regex(asked(there).args(), /-accel\ntcg,thread=multi\n-cpu\nmax\n/)
    t.regex(asked(there).args(), appended)
  })
}

test.serial('without setpriv a guest is run just the same', async (t) => {
  const there = machine(t, saying(t, ...BRIEF_GUEST), {}, { system: ['sh', 'cat', 'cp', 'ldd', 'mount'] })
  t.is((await (await startInGuest(await guestOptions(there))).finished).records.length, 1)
  assertNothingLeft(t, there)
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
function boots(t: ExecutionContext, ...hashes: readonly string[]): string {
  return bootsOf(t, ...hashes.map((sha256) => [...BEGUN, { type: 'record', record: record(), sha256 }, FINISHED]))
}

function bootsOf(t: ExecutionContext, ...messages: readonly (readonly object[])[]): string {
  const files = messages.map((said) => answering(t, ...said))
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

test.serial(
  'in mode deterministic a second boot that fails ends the run, and what the first measured stays',
  async (t) => {
    const refused = { type: 'refused', code: 'ERR_CPU', message: '[spsc] [affinity] no' }
    const there = machine(t, bootsOf(t, BRIEF_GUEST, [{ type: 'booted' }, refused]))
    const options = await guestOptions(there, { texts: { kernel: there.kernel, mode: 'deterministic' } })
    await t.throwsAsync((await startInGuest(options)).finished, { code: 'ERR_CPU', message: '[spsc] [affinity] no' })
    t.is(stored(there).length, 1)
    assertNothingLeft(t, there)
  },
)

test.serial('in mode deterministic no disk, no chance and no time reach the guest', async (t) => {
  const there = machine(t, saying(t, ...BEGUN, FINISHED))
  const options = await guestOptions(there, { texts: { kernel: there.kernel, mode: 'deterministic' } })
  await (await startInGuest(options)).finished
  const given = asked(there).args()
  t.regex(given, /-icount\nshift=1,sleep=off\n/)
  t.regex(given, /-rtc\nclock=vm,base=2024-01-01T00:00:00\n-seed\n42\n/)
  t.regex(given, /-smp\n1\n/)
  t.regex(given, /nokaslr/)
  t.notRegex(given, /nvme|-drive/)
})
