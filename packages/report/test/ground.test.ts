import type { GuestGround, HostGround } from '@spsc/core'
import { sideBySide, toCsv, toHtml, toMarkdown, toSummary } from '@spsc/report'
import test from 'ava'
import { row } from './csv-row.js'
import { ledger } from './ledgers.js'
import { measured } from './records.js'

const HOST: HostGround = { in: 'host', clock_source: 'tsc' }
const GUEST: GuestGround = {
  ...{ in: 'qemu', mode: 'smp', accelerator: 'tcg', cpus: 2, memory_mib: 512 },
  ...{ qemu: '7.2.22', kernel: '6.1.0-56-cloud-amd64', clock_source: 'kvm-clock' },
}
const handoff = (n: number) => ({ n, share: 0, p50_ns: 1 })

function collectors(same: number, cross: number) {
  const handoffs = { same_cpu: handoff(same), cross_cpu: handoff(cross) }
  return { ...measured().collectors, ledger: ledger(undefined, undefined, { handoffs }) }
}

test('the report names a guest: mode, accelerator, CPUs, memory, versions, clock source', (t) => {
  const text = toMarkdown([measured({ ground: GUEST })], { name: 't000' })
  t.regex(
    text,
    /Measured on: QEMU smp \(tcg, 2 CPUs, 512 MiB\), version 7\.2\.22, kernel 6\.1\.0-56-cloud-amd64, clock kvm-clock/,
  )
})

test('the report names the host and its clock source', (t) => {
  t.regex(toMarkdown([measured({ ground: HOST })], { name: 't000' }), /Measured on: host, clock tsc/)
})

test('the share of wakes on one CPU is that of all items whose CPUs the ledger knows', (t) => {
  const records = [
    measured({ ground: GUEST, collectors: collectors(30, 70) }),
    measured({ ground: GUEST, replicate: 2, collectors: collectors(90, 10) }),
  ]
  t.regex(toMarkdown(records, { name: 't000' }), /wakes on the same CPU 60 %, across CPUs 40 %/)
})

test('without a ledger the share of wakes is unavailable and says what tells it', (t) => {
  t.regex(toMarkdown([measured({ ground: GUEST })], { name: 't000' }), /unavailable \(--collect ledger tells\)/)
})

test('host and guest in one report are said to be different machines', (t) => {
  const records = sideBySide([
    { label: 'host', records: [measured({ ground: HOST })] },
    { label: 'guest', records: [measured({ ground: GUEST })] },
  ])
  t.regex(toMarkdown(records, { name: 'both' }), /fingerprints that differ: their figures do not compare/)
  t.regex(toSummary(records), /^Host and guest are different machines, with fingerprints that differ/m)
})

test('one ground alone is compared with nothing', (t) => {
  t.notRegex(
    toMarkdown([measured({ ground: GUEST }), measured({ ground: GUEST, replicate: 2 })], { name: 'a' }),
    /differ/,
  )
})

test('a terminal names a guest in lines of at most 80 columns, and says nothing of the host', (t) => {
  const text = toSummary([measured({ ground: GUEST })])
  t.regex(text, /^on QEMU smp \(tcg, 2 CPUs, 512 MiB\)/m)
  t.deepEqual(
    text.split('\n').filter((line) => line.length > 80),
    [],
  )
  t.notRegex(toSummary([measured({ ground: HOST })]), /^on /m)
})

test('the CSV has a column for the ground, empty where none was stored', (t) => {
  const csv = toCsv([measured({ ground: GUEST }), measured({ ground: HOST }), measured()])
  t.deepEqual(
    [1, 2, 3].map((number) => row(csv, number).ground),
    ['qemu smp tcg', 'host', ''],
  )
})

test('a ground that is none of ours is left out', (t) => {
  t.notRegex(toMarkdown([measured({ ground: 'moon' as never })], { name: 'a' }), /Measured on/)
})

test('the page names the host of the guest, and what two boots came to', (t) => {
  const manifest = { host: { cpu_model: 'Some CPU' }, determinism: { identical: true, sha256: ['abc', 'abc'] } }
  const page = toHtml([measured({ ground: GUEST })], { name: 'a', manifest })
  t.regex(page, /<dt>Host of the guest<\/dt><dd>CPU Some CPU/)
  t.regex(page, /two boots gave identical latencies: SHA-256 abc</)
})
