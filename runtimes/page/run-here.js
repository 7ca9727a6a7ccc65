// By URL: workers know no import maps, so nothing here may have to be found by name.
import * as clock from '/core/clock.js'
import { conformance } from '/core/conformance.js'
import sab, { sabMutex } from '/queue-sab/index.js'
import { runSuite } from '/suite/suite.js'

/** Runs the suite in the thread that calls this, a page's or a worker's. */
export const runHere = () =>
  runSuite({
    conformance,
    backends: [sab, sabMutex],
    clock,
    timeThread: new URL('./time-thread.js', import.meta.url),
  })
