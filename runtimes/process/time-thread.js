import * as clock from '@spsc/core/clock'
import { answerWithTime } from '../suite/clock.js'

await answerWithTime(clock)
