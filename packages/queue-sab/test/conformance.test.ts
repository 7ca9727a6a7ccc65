import { conformance } from '@spsc/core/conformance'
import sab, { sabMutex } from '@spsc/queue-sab'
import test from 'ava'

conformance(test, sab)
conformance(test, sabMutex)
