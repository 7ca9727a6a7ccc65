// Runs in every runtime, so it imports nothing: a page finds modules by URL only, a process by name.
import { threadsReadOneClock } from './clock.js'

/**
 * @typedef {object} Report
 * @property {string[]} passed titles
 * @property {{ title: string, reason: string }[]} failed
 * @property {string[]} skipped titles, each with its reason
 */

/**
 * Runs the conformance suite of @spsc/core over `backends`, one test after the other.
 *
 * @param {object} modules
 * @param {typeof import('@spsc/core/conformance').conformance} modules.conformance
 * @param {import('@spsc/core').QueueBackend[]} modules.backends
 * @param {typeof import('@spsc/core/clock')} modules.clock
 * @param {URL} modules.timeThread what a thread runs that is asked for the time
 * @returns {Promise<Report>}
 */
export async function runSuite({ conformance, backends, clock, timeThread }) {
  const tests = new Map()
  const skipped = []
  const test = Object.assign((title, body) => tests.set(title, body), { skip: (title) => skipped.push(title) })
  for (const backend of backends) conformance(test, backend)
  test('clock is the same in two threads', () => threadsReadOneClock({ clock, timeThread }))
  const passed = []
  const failed = []
  for (const [title, body] of tests) {
    try {
      await body()
      passed.push(title)
    } catch (error) {
      failed.push({ title, reason: String(error?.stack ?? error) })
    }
  }
  return { passed, failed, skipped }
}
