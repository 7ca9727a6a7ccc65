import { shuffle } from './lib/random.js'
import { sample } from './sample.js'

/**
 * Samples every row once a round, in random order: a ratio compares two samples of one round, because the speed of a
 * shared machine drifts more between rounds than the peers differ. The first round is dropped.
 */
export async function measure(rows, { rounds, draw, ...options }) {
  const entrants = rows.filter(({ missing }) => missing === undefined)
  for (let round = 0; round <= rounds; round++) {
    for (const row of shuffle(entrants, draw)) {
      const result = row.entrant.sample ? await row.entrant.sample(options) : await sample(row, options)
      if (round > 0) row.samples.push({ round, value: row.workload.figure.of(result), ...result })
    }
  }
}
