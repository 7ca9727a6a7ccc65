export * from './causes.js'
export {
  type Confirmation,
  type ConfirmOutcome,
  judgeConfirmation,
  planConfirmation,
  USUAL_BLOCKS,
} from './confirm.js'
export * from './diagnose.js'
export { type Experiment, experimentOf, sidesOf } from './experiment.js'
export { percent, time } from './quantities.js'
