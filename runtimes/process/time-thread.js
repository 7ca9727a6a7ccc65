import { monotonicClock } from '@spsc/core/clock'
import { answerWithTime } from '../suite/clock.js'

await answerWithTime(monotonicClock)
