import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { renderRun, toCsv, toHtml } from '@spsc/report'
import { drawCharts, toPng } from '@spsc/report/charts'
import test from 'ava'
import { failed, measured } from './records.js'

const root = mkdtempSync(join(tmpdir(), 'spsc-render-'))
test.after.always(() => rmSync(root, { recursive: true }))

const records = [measured(), failed({ scenario: 'stuck' })]
const ndjson = records.map((record) => `${JSON.stringify(record)}\n`).join('')

/** A fresh directory with a stored run t000. */
function run(title: string): string {
  const dir = join(root, title.replaceAll(' ', '-'))
  mkdirSync(dir)
  writeFileSync(join(dir, 't000_results.ndjson'), `${ndjson}{"torn`)
  return dir
}

const PICTURES = ['latency', 'throughput', 'drop_rate', 'offered'].flatMap((chart) => [`${chart}.svg`, `${chart}.png`])
const FILES = ['metrics.csv', ...PICTURES, 'report.md', 'report.html'].map((file) => `t000_${file}`)

test('writes the CSV, the pictures and the reports beside the results, and nothing else', async (t) => {
  const dir = run(t.title)
  const { written, skipped, problems } = await renderRun({ dir, name: 't000' })
  t.deepEqual(
    written,
    FILES.map((file) => join(dir, file)),
  )
  t.deepEqual(skipped, [3])
  t.deepEqual(problems, [])
  t.is(readFileSync(join(dir, 't000_metrics.csv'), 'utf8'), toCsv(records))
  t.is(readFileSync(join(dir, 't000_report.html'), 'utf8'), toHtml(records, { name: 't000', skipped: [3] }))
  t.deepEqual(readdirSync(dir).sort(), [...FILES, 't000_results.ndjson'].sort())
})

test('the report shows the pictures, by names in its own folder', async (t) => {
  const dir = run(t.title)
  await renderRun({ dir, name: 't000' })
  const shown = readFileSync(join(dir, 't000_report.md'), 'utf8').match(/(?<=^!\[.+\]\().*(?=\)$)/gm)
  t.deepEqual(
    shown,
    FILES.filter((file) => file.endsWith('.png')),
  )
})

test('pictures are what the charts draw from the records', async (t) => {
  const dir = run(t.title)
  await renderRun({ dir, name: 't000' })
  for (const { suffix, svg } of drawCharts(records, 't000')) {
    t.is(readFileSync(join(dir, `t000_${suffix}.svg`), 'utf8'), svg)
    t.deepEqual(readFileSync(join(dir, `t000_${suffix}.png`)), Buffer.from(await toPng(svg)))
  }
})

test('a picture of an earlier rendering that the records no longer carry is removed', async (t) => {
  const dir = run(t.title)
  for (const file of ['t000_pareto.svg', 't000_pareto.png', 't000_notes.png']) writeFileSync(join(dir, file), 'old')
  await renderRun({ dir, name: 't000' })
  t.deepEqual(readdirSync(dir).sort(), [...FILES, 't000_notes.png', 't000_results.ndjson'].sort())
})

test('the page says where it was measured, if the manifest of the run can be read', async (t) => {
  const dir = run(t.title)
  const page = async () => {
    await renderRun({ dir, name: 't000' })
    return readFileSync(join(dir, 't000_report.html'), 'utf8')
  }
  const manifest = { command: 'spsc run <t000>', machine: { cpu_model: 'EPYC', hypervisor: 'kvm' } }
  writeFileSync(join(dir, 't000_manifest.json'), JSON.stringify(manifest))
  t.regex(await page(), /<dd>spsc run &lt;t000&gt;<\/dd>[\s\S]*<dd>CPU EPYC · hypervisor kvm<\/dd>/)
  writeFileSync(join(dir, 't000_manifest.json'), '{"torn')
  t.notRegex(await page(), /<dt>Machine/)
})

test('rendering twice gives the same bytes', async (t) => {
  const dir = run(t.title)
  const bytes = async () => (await renderRun({ dir, name: 't000' })).written.map((path) => readFileSync(path))
  t.deepEqual(await bytes(), await bytes())
})

test('a run that is not stored is named', async (t) => {
  await t.throwsAsync(renderRun({ dir: root, name: 'none' }), {
    code: 'ERR_OUTPUT',
    message: /none_results\.ndjson can't be read: ENOENT/,
  })
})

test('a place that cannot be written is named, and no temporary file stays', async (t) => {
  const dir = run(t.title)
  mkdirSync(join(dir, 't000_metrics.csv'))
  await t.throwsAsync(renderRun({ dir, name: 't000' }), {
    code: 'ERR_OUTPUT',
    message: /t000_metrics\.csv can't be written: EISDIR/,
  })
  t.deepEqual(readdirSync(dir).sort(), ['t000_metrics.csv', 't000_results.ndjson'])
})
