export { LoomError, type LoomErrorCode } from './errors.js'
export type { Failure } from './execution.js'
export { type Backend, type InterleavingsOptions, interleavings, type RegisterTest } from './interleavings.js'
export {
  type Limits,
  type MutantReport,
  type MutationOptions,
  Program,
  type ProgramOptions,
  type Report,
  type Run,
} from './program.js'
export type { SampleOptions } from './sample.js'
export type { Outcome, Scenario, ScenarioFactory, ThreadScript } from './scenario.js'
