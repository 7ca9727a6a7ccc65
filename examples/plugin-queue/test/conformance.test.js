import test from 'node:test'
import { conformance } from '@spsc/core/conformance'
import { interleavings } from '@spsc/loom'
import backend from '../index.js'

conformance(test, backend)
interleavings(test, backend)
