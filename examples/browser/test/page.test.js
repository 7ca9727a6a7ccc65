import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { chromium } from 'playwright-core'
import { folders, serve } from 'spsc-example-browser'
import { findChromium } from '../../../scripts/find-chromium.mjs'

const PATIENCE_MS = 60_000
const { path: executablePath, absent } = findChromium()
const options = { skip: absent, timeout: 2 * PATIENCE_MS }

let server
let browser
before(async () => {
  if (absent) return
  server = await serve({ folders })
  browser = await chromium.launch({ executablePath })
})
after(async () => {
  await browser?.close()
  await server?.close()
})

/** The page in a window of its own, and what went wrong in it. */
async function open(t, url = server.url) {
  const context = await browser.newContext()
  t.after(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const faults = []
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  page.on('pageerror', (error) => faults.push(error.message))
  await page.goto(url)
  return { page, faults }
}

const showsThroughput = (page) =>
  page.waitForFunction(() => Number(document.querySelector('#rate').textContent.replaceAll(',', '')) > 0)

test('the page shows a throughput by itself, and all items come in order', options, async (t) => {
  const { page, faults } = await open(t)
  await showsThroughput(page)
  await page.waitForFunction(() => document.querySelector('#sparkline .line').getAttribute('d') !== '')
  assert.equal(await page.textContent('#order'), 'all')
  assert.match(await page.textContent('#fill-text'), /^[\d,]+ of 1,024$/)
  assert.deepEqual(faults, [])
})

test('it runs in spans too, with another capacity, until it is stopped', options, async (t) => {
  const { page, faults } = await open(t)
  await page.check('input[value=spans]')
  await page.selectOption('select', '64')
  await page.waitForFunction(() => document.querySelector('#fill-text').textContent.endsWith('of 64'))
  await showsThroughput(page)
  await page.click('text=Stop')
  await page.waitForSelector('text=Start')
  assert.match(await page.textContent('#status'), /^Stopped after [\d,]+ items, all consumed\.$/)
  assert.equal(await page.textContent('#order'), 'all')
  assert.deepEqual(faults, [])
})

test('a page that is not cross-origin isolated says why, and what to do', options, async (t) => {
  const { page } = await open(t, 'about:blank')
  await page.route('**/*', async (route) => {
    const response = await route.fetch()
    const headers = { ...response.headers() }
    delete headers['cross-origin-opener-policy']
    delete headers['cross-origin-embedder-policy']
    await route.fulfill({ response, headers })
  })
  await page.goto(server.url)
  await page.waitForSelector('text=without the headers')
  assert.equal(await page.isVisible('text=Cross-Origin-Opener-Policy: same-origin'), true)
  assert.equal(await page.isVisible('text=Start'), false)
})
