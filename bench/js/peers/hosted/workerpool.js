import workerpool from 'workerpool'
import { attend, echo } from './functions.js'

workerpool.worker({ attend, echo })
