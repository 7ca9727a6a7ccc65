import type { Rule } from '../finding.js'
import { contradicted } from './contradicted.js'
import { cpuSecondRate } from './cpu-second-rate.js'
import { fewItems } from './few-items.js'
import { missedRate } from './missed-rate.js'
import { overlappingRanges } from './overlapping-ranges.js'
import { regimeChange } from './regime-change.js'
import { singleRun } from './single-run.js'
import { survivorship } from './survivorship.js'
import { unsupportedCounter } from './unsupported-counter.js'

/** All rules, in the order in which a line's findings are told. */
export const RULES: readonly Rule[] = [
  cpuSecondRate,
  contradicted,
  singleRun,
  fewItems,
  overlappingRanges,
  unsupportedCounter,
  missedRate,
  survivorship,
  regimeChange,
]
