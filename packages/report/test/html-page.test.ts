import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { renderRun } from '@spsc/report'
import test, { type ExecutionContext } from 'ava'
import { type Browser, chromium, type Page } from 'playwright-core'
// @ts-expect-error: plain JavaScript, without declarations
import { findChromium } from '../../../scripts/find-chromium.mjs'
import { certificate, failed, latency, measured, withLatency } from './records.js'

const PATIENCE_MS = 30_000
const { path: executablePath, absent }: { path?: string; absent?: string } = findChromium()

/** Ten items: nine fast ones and a slow one. */
function distribution(fast_ns: number) {
  const buckets = [[fast_ns, 512, 9] as const, [100 * fast_ns, 65_536, 1] as const]
  return { ...latency(fast_ns, 100 * fast_ns, 100 * fast_ns), n: 10, min_ns: fast_ns, max_ns: 100 * fast_ns, buckets }
}

const HOSTILE = '<img src=x onerror=alert(1)>\u2028../=1+1'
const SCENARIOS = ['baseline', 'affinity', HOSTILE]
const records = [
  ...SCENARIOS.flatMap((scenario, index) =>
    [1, 2].map((replicate) =>
      measured({
        scenario,
        cell: index + 1,
        replicate,
        order: 3 * replicate - index,
        ops_s: [100, 1000, 20][index] as number,
        certificate: certificate(),
        collectors: withLatency(distribution((index + 1) * 65_536 + replicate * 1024)),
      }),
    ),
  ),
  failed({ scenario: 'stuck', cell: 4, order: 7 }),
]

const dir = mkdtempSync(join(tmpdir(), 'spsc-page-'))
const file = (suffix: string) => join(dir, `t000_${suffix}`)
let browser: Browser | undefined

test.before(async () => {
  writeFileSync(file('results.ndjson'), records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  await renderRun({ dir, name: 't000' })
  if (executablePath !== undefined) browser = await chromium.launch({ executablePath })
})
test.after.always(async () => {
  await browser?.close()
  rmSync(dir, { recursive: true })
})

const where = absent === undefined ? test.serial : test.serial.skip
if (absent !== undefined) console.error(`The page is not tested in a browser: ${absent}`)

/** A test of the page in a window of its own, which must go through without a fault or a request. */
function onPage(title: string, body: (t: ExecutionContext, page: Page) => Promise<void>, javaScriptEnabled = true) {
  where(title, async (t) => {
    const context = await (browser as Browser).newContext({ javaScriptEnabled })
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    const faults: string[] = []
    const requests: string[] = []
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    page.on('dialog', (dialog) => {
      faults.push(`dialog: ${dialog.message()}`)
      return dialog.dismiss()
    })
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('request', (request) => requests.push(request.url()))
    const url = pathToFileURL(file('report.html')).href
    try {
      await page.goto(url)
      await body(t, page)
      t.deepEqual(faults, [])
      t.deepEqual(
        requests.filter((request) => !request.startsWith('blob:')),
        [url],
      )
    } finally {
      await context.close()
    }
  })
}

/** Texts of a column of the first table. */
function column(page: Page, number: number): Promise<string[]> {
  return page.locator('table').first().locator(`tbody tr > :nth-child(${number})`).allTextContents()
}

async function download(page: Page, button: string): Promise<{ name: string; text: string }> {
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()])
  return { name: saved.suggestedFilename(), text: readFileSync(await saved.path(), 'utf8') }
}

onPage('every replicate stands on the page as in the CSV', async (t, page) => {
  const csv = readFileSync(file('metrics.csv'), 'utf8').trimEnd().split('\n')
  const table = page.locator('table').last()
  const columns = await table.locator('thead th').allTextContents()
  t.deepEqual(columns, csv[0]?.split(',').slice(0, columns.length))
  const rows = await table.locator('tbody tr').all()
  const shown = await Promise.all(rows.map((row) => row.locator('th, td').allTextContents()))
  t.is(shown.length, records.length)
  for (const [index, cells] of shown.entries()) {
    // Only one of the names is not the same in both: the CSV keeps what a page takes out, so it is left out.
    t.deepEqual(cells.slice(1), csv[index + 1]?.split(',').slice(1, columns.length))
  }
  t.is(await page.locator('img').count(), 0)
  t.deepEqual(await column(page, 1), ['baseline', 'affinity', '<img src=x onerror=alert(1)> ../=1+1', 'stuck'])
})

onPage('a heading sorts its column with the keyboard: up, down and back, what failed last', async (t, page) => {
  const heading = page.locator('table').first().locator('thead th').nth(4)
  const button = heading.locator('button')
  const rates = () => column(page, 5)
  const original = await rates()
  await button.focus()
  await page.keyboard.press('Enter')
  t.is(await heading.getAttribute('aria-sort'), 'ascending')
  t.deepEqual((await rates()).map(Number.parseFloat), [20, 100, 1000, Number.NaN])
  await page.keyboard.press('Space')
  t.is(await heading.getAttribute('aria-sort'), 'descending')
  t.deepEqual((await rates()).map(Number.parseFloat), [1000, 100, 20, Number.NaN])
  await page.keyboard.press('Enter')
  t.is(await heading.getAttribute('aria-sort'), 'none')
  t.deepEqual(await rates(), original)
})

onPage('a scenario is hidden from every chart and shown again, with the keyboard', async (t, page) => {
  const button = page.getByRole('button', { name: 'affinity' })
  const drawn = () => page.locator('[data-chart] [data-of="1"]').count()
  const others = () => page.locator('[data-chart] [data-of="0"]').count()
  const before = [await drawn(), await others()]
  t.true(before[0] !== undefined && before[0] > 0)
  await button.focus()
  await page.keyboard.press('Space')
  t.is(await button.getAttribute('aria-pressed'), 'false')
  t.deepEqual([await drawn(), await others()], [0, before[1]])
  await page.keyboard.press('Space')
  t.deepEqual([await drawn(), await others()], before)
})

onPage('an axis is logarithmic or linear', async (t, page) => {
  const chart = page.locator('#chart-latency')
  const places = () =>
    chart.locator('.mark').evaluateAll((marks) => marks.map((mark) => mark.getAttribute('transform')))
  const log = await places()
  t.regex((await chart.locator('.axis').textContent()) as string, /log axis/)
  const button = chart.getByRole('button', { name: 'log latency' })
  await button.click()
  t.is(await button.getAttribute('aria-pressed'), 'false')
  t.notRegex((await chart.locator('.axis').textContent()) as string, /log axis/)
  t.notDeepEqual(await places(), log)
  await button.click()
  t.deepEqual(await places(), log)
})

onPage('arrow keys read the values of a chart, and plus and 0 zoom', async (t, page) => {
  const chart = page.locator('#chart-order')
  const plot = chart.locator('.plot')
  const reset = chart.getByRole('button', { name: 'reset zoom' })
  await plot.focus()
  await page.keyboard.press('ArrowRight')
  // Of the first measured: replicate 1 of the third scenario, its p99.
  const p99 = (100 * (3 * 65_536 + 1024)) / 1e6
  t.is(
    await chart.locator('.tip').textContent(),
    `1: <img src=x onerror=alert(1)> ../=1+1, replicate 1: p99 ${p99.toFixed(3)} ms`,
  )
  t.true(await reset.isDisabled())
  await page.keyboard.press('+')
  t.false(await reset.isDisabled())
  await page.keyboard.press('0')
  t.true(await reset.isDisabled())
})

onPage('dragging over a part of a chart enlarges it', async (t, page) => {
  const chart = page.locator('#chart-percentiles')
  const ticks = () => chart.locator('text').allTextContents()
  const all = await ticks()
  const plot = chart.locator('.plot')
  await plot.scrollIntoViewIfNeeded()
  const { x, y, width, height } = (await plot.boundingBox()) as { x: number; y: number; width: number; height: number }
  await page.mouse.move(x + width * 0.6, y + height / 2)
  await page.mouse.down()
  await page.mouse.move(x + width * 0.9, y + height / 2, { steps: 3 })
  await page.mouse.up()
  t.notDeepEqual(await ticks(), all)
  await chart.getByRole('button', { name: 'reset zoom' }).click()
  t.deepEqual(await ticks(), all)
})

onPage('pointing at a percentile reads every scenario there', async (t, page) => {
  const plot = page.locator('#chart-percentiles .plot')
  await plot.scrollIntoViewIfNeeded()
  const { x, width, y, height } = (await plot.boundingBox()) as { x: number; y: number; width: number; height: number }
  await page.mouse.move(x + width - 18, y + height / 2)
  const lines = await page.locator('#chart-percentiles .tip > span').allTextContents()
  // The largest of ten items, the median of both replicates.
  t.deepEqual(lines.sort(), [
    'p90: <img src=x onerror=alert(1)> ../=1+1 19.8 ms',
    'p90: affinity 13.3 ms',
    'p90: baseline 6.71 ms',
  ])
})

onPage('the certificate and the replicates unfold', async (t, page) => {
  for (const summary of await page.locator('summary').all()) {
    const table = summary.locator('xpath=..').locator('table').first()
    t.false(await table.isVisible())
    await summary.focus()
    await page.keyboard.press('Enter')
    t.true(await table.isVisible())
  }
})

onPage('the records are saved to the byte as they are stored, and the CSV', async (t, page) => {
  const ndjson = await download(page, 'Save as NDJSON')
  t.is(ndjson.name, 't000_results.ndjson')
  t.is(ndjson.text, readFileSync(file('results.ndjson'), 'utf8'))
  const csv = await download(page, 'Save as CSV')
  t.is(csv.name, 't000_metrics.csv')
  t.is(csv.text, readFileSync(file('metrics.csv'), 'utf8'))
})

onPage('a narrow window scrolls tables, not the page', async (t, page) => {
  await page.setViewportSize({ width: 360, height: 640 })
  for (const summary of await page.locator('summary').all()) await summary.click()
  t.is(await page.evaluate('document.documentElement.scrollWidth'), 360)
})

onPage(
  'without scripts the tables are there, and what is missing says so',
  async (t, page) => {
    t.deepEqual((await column(page, 5)).map(Number.parseFloat), [100, 1000, 20, Number.NaN])
    t.regex(await page.locator('noscript').innerText(), /does not run/)
    t.true(await page.getByRole('button', { name: 'Save as CSV' }).isDisabled())
  },
  false,
)
