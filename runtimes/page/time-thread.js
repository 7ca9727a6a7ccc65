import { monotonicClock } from '/core/clock.js'
import { answerWithTime } from '/suite/clock.js'

answerWithTime(monotonicClock)
