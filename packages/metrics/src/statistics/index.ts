/**
 * Plain statistics over replicates, from simple-statistics (Tom MacWright):
 * `median(values)`, the mean of the two middle values where their number is even, and
 * `range(values)`, `[lowest, highest]`. Both throw for no values.
 *
 * @example
 * median([0.06, 0.055, 0.071]) // 0.06
 * range([0.06, 0.055, 0.071]) // [0.055, 0.071]
 */
export { extent as range, median } from 'simple-statistics'
export * from './compare-blocks.js'
export * from './hodges-lehmann.js'
export * from './max-t.js'
export * from './median-interval.js'
export {
  type Block,
  differencesOf,
  type PermutationInterval,
  type PermutationTest,
  permutationInterval,
  permutationTest,
} from './permutation-test.js'
export { blocksNeeded, minimumDetectableEffect, type Precision, simulatedPower } from './power.js'
export * from './sign-flip.js'
