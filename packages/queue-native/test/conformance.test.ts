import { conformance } from '@spsc/core/conformance'
import native, { mutex } from '@spsc/queue-native'
import { testNative } from './available.js'

conformance(testNative, native)
conformance(testNative, mutex)
