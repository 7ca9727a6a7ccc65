import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { serve } from 'spsc-example-browser'
import { findChromium } from '../scripts/find-chromium.mjs'

/** For both runs of the suite, which take 5 s each on an idle machine. */
const RUN_MS = 180_000

const built = (specifier) => fileURLToPath(new URL('.', import.meta.resolve(specifier)))

const folders = {
  '/': fileURLToPath(new URL('./page/', import.meta.url)),
  '/suite/': fileURLToPath(new URL('./suite/', import.meta.url)),
  '/core/': built('@spsc/core'),
  '/queue-sab/': built('@spsc/queue-sab'),
}

/** The reports of the page and of its worker, or a failure in place of both. */
async function runPage(page, url) {
  let late
  try {
    await page.goto(url)
    if (!(await page.evaluate(() => crossOriginIsolated))) throw new Error('the page is not cross-origin isolated')
    const timeout = new Promise((_, reject) => {
      late = setTimeout(() => reject(new Error(`still running after ${RUN_MS / 1000} s`)), RUN_MS)
    })
    return await Promise.race([page.evaluate(() => globalThis.reports), timeout])
  } catch (error) {
    return { page: { passed: [], failed: [{ title: 'the suite', reason: String(error) }], skipped: [] } }
  } finally {
    clearTimeout(late)
  }
}

/**
 * Runs the suite in the Chromium of this machine without a window: on a page's main thread, then in a worker.
 *
 * @returns {Promise<import('./report.js').Row[]>}
 */
export async function runChromium(name) {
  const { path, absent } = findChromium()
  if (absent) return [{ runtime: name, skipped: absent }]
  let browser
  try {
    browser = await chromium.launch({ executablePath: path })
  } catch (error) {
    return [{ runtime: name, skipped: `${path} can't be started: ${error.message.split('\n')[0]}` }]
  }
  const server = await serve({ folders })
  try {
    const reports = await runPage(await browser.newPage(), server.url)
    const version = browser.version()
    return Object.entries(reports).map(([where, report]) => ({ runtime: `${name} ${where}`, version, report }))
  } finally {
    await browser.close()
    await server.close()
  }
}
