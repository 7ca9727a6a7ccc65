// What Node, Deno and Bun run: the suite, then its report as the last line of stdout.
import * as clock from '@spsc/core/clock'
import { conformance } from '@spsc/core/conformance'
import sab, { sabMutex } from '@spsc/queue-sab'
import { runSuite } from '../suite/suite.js'

const report = await runSuite({
  conformance,
  backends: [sab, sabMutex],
  clock,
  timeThread: new URL('./time-thread.js', import.meta.url),
})
console.log(JSON.stringify(report))
