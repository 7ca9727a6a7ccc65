import { monotonicClock } from '@spsc/core/clock'
import { answerWithTime } from './clock.js'

await answerWithTime(monotonicClock)
