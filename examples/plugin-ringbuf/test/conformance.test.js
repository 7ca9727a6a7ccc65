import test from 'node:test'
import { conformance } from '@spsc/core/conformance'
import backend from '../index.js'

conformance(test, backend)
