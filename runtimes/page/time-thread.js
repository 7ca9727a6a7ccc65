import * as clock from '/core/clock.js'
import { answerWithTime } from '/suite/clock.js'

answerWithTime(clock)
