import type { ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { ResultRecord } from '@spsc/core'
import type { Table } from '@spsc/report'
import type { LiveCell } from '@spsc/report/live'
import test, { type ExecutionContext } from 'ava'
import { BRIEF, type Finished, filesOf, folder, folderWith, refused, spsc, storedRecords, until } from './spsc.js'

const { findChromium } = await import(new URL('../../../scripts/find-chromium.mjs', import.meta.url).href)
const { path: executablePath, absent } = findChromium() as { path?: string; absent?: string }
const inChromium = absent === undefined ? test : test.skip
const reason = absent === undefined ? '' : ` (skipped: ${absent})`

const URL_LINE = /^live view: (http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/)$/m

interface Visit {
  readonly url: string
  readonly cwd: string
  readonly child: ChildProcess
}

/** Runs `spsc run --serve` until it ends, and lets `visit` have its page meanwhile. */
async function served<Seen>(
  t: ExecutionContext,
  args: readonly string[],
  visit: (visit: Visit) => Promise<Seen>,
  cwd = folder(t),
): Promise<Finished & { readonly cwd: string; readonly seen: Seen }> {
  let seen: Promise<Seen> | undefined
  const finished = await spsc(['run', '--name', 'mine', ...args, '--serve'], {
    cwd,
    onStart: (child, said) => {
      seen = until('the page is served', () => URL_LINE.test(said.stderr)).then(() =>
        visit({ url: (URL_LINE.exec(said.stderr) as RegExpExecArray)[1] as string, cwd, child }),
      )
      // Its failure is thrown below, once the run has ended.
      seen.catch(() => child.kill('SIGKILL'))
    },
  })
  return { ...finished, cwd, seen: (await seen) as Seen }
}

/** What a visit sees of a run that goes on until it is over. */
async function duringRun<Seen>(t: ExecutionContext, visit: (visit: Visit) => Promise<Seen>) {
  return served(t, ['--duration', '60', '--warmup', '0'], async (given) => {
    const seen = await visit(given)
    given.child.kill('SIGINT')
    return seen
  })
}

interface Told {
  readonly id?: number
  readonly event: string
  readonly data: unknown
}

/** Every event until the stream ends. */
async function eventsOf(url: string, headers: Readonly<Record<string, string>> = {}): Promise<readonly Told[]> {
  const text = await (await fetch(`${url}events`, { headers })).text()
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2)))
      return { event: fields.event, data: JSON.parse(fields.data), ...(fields.id && { id: Number(fields.id) }) }
    })
}

const kinds = (events: readonly Told[]) => events.map(({ event }) => event)
interface Outcome {
  readonly scenario: string
  readonly queue: string
  readonly replicate: number
}

const outcomesIn = (events: readonly Told[]) =>
  events.filter(({ event }) => event === 'replicate').map(({ data }) => data as Outcome)
const outcomesOf = (records: readonly ResultRecord[]) =>
  records.map(({ scenario, queue, replicate }) => ({ scenario, queue, replicate }))
/** What the charts were told last of each scenario and queue. */
const cellsIn = (events: readonly Told[]) => {
  const cells = events.filter(({ event }) => event === 'cell').map(({ data }) => data as LiveCell)
  return [...new Map(cells.map((cell) => [cell.place, cell])).values()]
}
const isStored = (cwd: string, count: number) =>
  until(`${count} records are stored`, () => {
    return filesOf(cwd, '.').length > 0 && filesOf(cwd).length > 0 && storedRecords(cwd, 'mine').length >= count
  })

/** The status of a request with whatever Host a name that points here would send. */
function statusOf(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { host } }, (response) => resolve(response.resume().statusCode)).on('error', reject)
  })
}

test('a page that comes late is told of every replicate, then follows until the run has ended', async (t) => {
  const { code, cwd, seen, stderr } = await served(t, [...BRIEF, '--replicates', '4'], async ({ url, cwd }) => {
    await isStored(cwd, 2)
    return eventsOf(url)
  })
  t.is(code, 0, stderr)
  t.deepEqual(outcomesIn(seen), outcomesOf(storedRecords(cwd, 'mine')))
  t.deepEqual(seen[0]?.data, { name: 'mine' })
  t.like(seen.at(-1), { event: 'end', data: { cancelled: false } })
  t.regex(stderr, /^live view: closed; the page keeps what it shows\n$/m)
})

test('a page that comes back is told what it missed, not what it has seen', async (t) => {
  const { seen } = await served(t, [...BRIEF, '--replicates', '3'], async ({ url, cwd }) => {
    await isStored(cwd, 1)
    const [all, rest, odd] = await Promise.all([
      eventsOf(url),
      eventsOf(url, { 'last-event-id': '0' }),
      eventsOf(url, { 'last-event-id': '-1; x' }),
    ])
    return { all, rest, odd }
  })
  t.is(seen.all[0]?.event, 'run')
  t.false(kinds(seen.rest).includes('run'))
  t.is(outcomesIn(seen.rest).length, 3)
  t.deepEqual(seen.odd[0], seen.all[0])
})

test('progress is told as a replicate begins and never while it is measured', async (t) => {
  const { seen } = await served(t, [...BRIEF, '--replicates', '3'], ({ url }) => eventsOf(url))
  const phases = seen.filter(({ event }) => event === 'progress').map(({ data }) => (data as { phase: string }).phase)
  t.true(phases.length >= 2)
  t.deepEqual([...new Set(phases)], ['load'])
})

test('with each record comes the table of all so far, as a terminal shows it', async (t) => {
  const { seen, stdout } = await served(t, [...BRIEF, '--replicates', '2'], ({ url }) => eventsOf(url))
  const { header, rows } = (seen.filter(({ event }) => event === 'table').at(-1) as Told).data as Table
  t.deepEqual(header, { names: ['scenario'], figures: ['p50 (ms)', 'p95 (ms)', 'p99 (ms)', 'ops/s', 'drop'] })
  t.deepEqual(
    rows.map(({ names }) => names),
    [['baseline']],
  )
  for (const { median } of rows[0]?.figures ?? []) t.true(stdout.split('\n')[1]?.includes(median), median)
})

test('with each record comes what the charts show of its scenario, from all its replicates so far', async (t) => {
  const { cwd, seen } = await served(t, [...BRIEF, '--queue', 'sab,sab-mutex', '--replicates', '2'], ({ url }) =>
    eventsOf(url),
  )
  const cells = cellsIn(seen).sort((a, b) => a.place - b.place)
  t.deepEqual(
    cells.map(({ place, scenario, queue }) => ({ place, scenario, queue })),
    ['sab', 'sab-mutex'].map((queue, index) => ({ place: index + 1, scenario: 'baseline', queue })),
  )
  const stored = storedRecords(cwd, 'mine')
  for (const { queue, figures } of cells) {
    t.deepEqual(
      figures.replicates.map(({ order, ops }) => ({ order, ops })),
      stored.flatMap((record) =>
        record.queue === queue && record.status === 'ok' ? [{ order: record.order, ops: record.ops_s }] : [],
      ),
    )
  }
})

test('only who has the token, asks this machine by its own name, and only reads, is served', async (t) => {
  const { seen } = await duringRun(t, async ({ url }) => {
    const { origin, port } = new URL(url)
    const status = async (path: string, init = {}) => (await fetch(path, init)).status
    return {
      page: await status(url),
      localhost: await statusOf(url, `localhost:${port}`),
      root: await status(origin),
      favicon: await status(`${origin}/favicon.ico`),
      wrongToken: await status(`${origin}/${'A'.repeat(32)}/`),
      shortToken: await status(`${url.slice(0, -2)}/`),
      longToken: await status(`${url.slice(0, -1)}A/events`),
      wrongTokenOfEvents: await status(`${origin}/${'A'.repeat(32)}/events`),
      otherFile: await status(`${url}package.json`),
      up: await status(`${url}..%2f..%2fpackage.json`),
      member: await status(`${url}toString`),
      post: await status(url, { method: 'POST' }),
      otherHost: await statusOf(url, 'evil.example'),
      otherHostOfEvents: await statusOf(`${url}events`, `evil.example:${port}`),
      noPort: await statusOf(url, '127.0.0.1'),
    }
  })
  t.deepEqual(seen, {
    page: 200,
    localhost: 200,
    root: 404,
    favicon: 404,
    wrongToken: 404,
    shortToken: 404,
    longToken: 404,
    wrongTokenOfEvents: 404,
    otherFile: 404,
    up: 404,
    member: 404,
    post: 405,
    otherHost: 403,
    otherHostOfEvents: 403,
    noPort: 403,
  })
})

test('the page may load its own files and nothing else, and is never kept', async (t) => {
  const { seen } = await duringRun(t, async ({ url }) => (await fetch(url)).headers)
  t.regex(seen.get('content-security-policy') ?? '', /^default-src 'none'; script-src 'self'; /)
  t.is(seen.get('cache-control'), 'no-store')
  t.is(seen.get('access-control-allow-origin'), null)
  t.is(seen.get('referrer-policy'), 'no-referrer')
})

test('the token is new in every run and stands in no file', async (t) => {
  const tokens = []
  for (const _ of [1, 2]) {
    const { cwd, seen } = await duringRun(t, async ({ url }) => url.split('/')[3] as string)
    tokens.push(seen)
    for (const file of filesOf(cwd)) t.false(readFileSync(join(cwd, 'result_data', file), 'utf8').includes(seen))
  }
  t.is(new Set(tokens).size, 2)
})

test('a port that is taken is refused before anything is measured, and named', async (t) => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  t.teardown(() => taken.close())
  const { port } = taken.address() as { port: number }
  await refused(t, ['run', ...BRIEF, '--serve', `${port}`], new RegExp(`--serve ${port} can't be had: .*EADDRINUSE`))
})

for (const port of ['65536', '-1', '1.5', 'baseline', '']) {
  test(`--serve=${port} is refused`, (t) =>
    refused(t, ['run', ...BRIEF, `--serve=${port}`], /--serve is ".*"; allowed: a port from 0 .* to 65535/))
}

test('a signal ends the page with the run, and the page is told', async (t) => {
  const { code, seen } = await served(t, ['--duration', '60', '--warmup', '0'], async ({ url, child }) => {
    const events = eventsOf(url)
    child.kill('SIGINT')
    return events
  })
  t.is(code, 130)
  t.like(seen.at(-1), { event: 'end', data: { cancelled: true } })
})

test('of a run that is resumed the page shows what it has already', async (t) => {
  const cwd = folder(t)
  await spsc(['run', ...BRIEF, '--replicates', '2', '--name', 'mine', '--quiet'], { cwd })
  const path = join(cwd, 'result_data/mine_results.ndjson')
  const [first = ''] = readFileSync(path, 'utf8').split('\n')
  writeFileSync(path, `${first}\n`)
  const args = [...BRIEF, '--replicates', '2', '--resume']
  const { code, seen, stderr } = await served(t, args, ({ url }) => eventsOf(url), cwd)
  t.is(code, 0, stderr)
  t.deepEqual(outcomesIn(seen), outcomesOf(storedRecords(cwd, 'mine')))
  t.is(outcomesIn(seen).length, 2)
})

// The page itself, where there is a Chromium.

inChromium(
  `the page shows progress, table and marks, names as they are, and that the run has ended${reason}`,
  async (t) => {
    const { chromium } = await import('playwright-core')
    const name = '<img src=x onerror=alert(1)>\u202e'
    const file = JSON.stringify({ name: 'mine', scenarios: { [name]: {}, other: {} } })
    const args = ['a.json', '--duration', '1', '--warmup', '0', '--replicates', '4']
    const cwd = folderWith(t, { 'a.json': file })
    const visit = async ({ url }: Visit) => {
      const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] })
      try {
        const page = await browser.newPage()
        const faults: string[] = []
        page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
        page.on('pageerror', (error) => faults.push(error.message))
        page.on('dialog', (dialog) => faults.push(dialog.message()))
        await page.goto(url)
        // The page evaluates no text, so nothing here is a script of ours in it.
        await page.locator('#chart-latency .mark.replicate').first().waitFor()
        const status = await page.textContent('#status')
        await page.getByText('The run has ended').waitFor()
        await page.locator('#chart-throughput .mark.replicate').nth(7).waitFor()
        return {
          faults,
          status,
          ended: await page.textContent('#status'),
          names: await page.locator('#table tbody tr th').allTextContents(),
          marks: await page.locator('#chart-latency .mark.replicate').count(),
          charts: await page.locator('[data-chart] h3').allTextContents(),
          legend: await page.locator('.legend button').allTextContents(),
          images: await page.locator('img').count(),
        }
      } finally {
        await browser.close()
      }
    }
    const { code, seen, stderr } = await served(t, args, visit, cwd)
    t.is(code, 0, stderr)
    t.regex(seen.status ?? '', /^Replicate \d of 8: .* About \d+ s were left as it began\.$/)
    t.is(seen.ended, 'The run has ended: 8 of 8 replicates are stored.')
    t.deepEqual(seen.names, ['<img src=x onerror=alert(1)> ', 'other'])
    t.deepEqual(seen.legend, ['<img src=x onerror=alert(1)>', 'other'])
    t.deepEqual(seen.charts, [
      'Latency by percentile',
      'Latency by scenario',
      'Throughput',
      'Drop rate',
      'Latency over time',
      'Latency in the order of measurement',
    ])
    // p50, p95 and p99 of two scenarios and four replicates.
    t.is(seen.marks, 24)
    t.is(seen.images, 0)
    t.deepEqual(seen.faults, [])
  },
)
