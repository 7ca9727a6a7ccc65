import { shuffle } from './lib/random.js'
import { Hung, sample } from './sample.js'

/**
 * Samples every row once a round, in random order: a ratio compares two samples of one round, because the speed of a
 * shared machine drifts more between rounds than the peers differ. The first round is dropped. A row that hangs is left out
 * from then on, with all that it gave before: the others go on.
 */
export async function measure(rows, { rounds, draw, ...options }) {
  for (let round = 0; round <= rounds; round++) {
    const entrants = rows.filter(({ missing }) => missing === undefined)
    for (const row of shuffle(entrants, draw)) {
      try {
        const result = row.entrant.sample ? await row.entrant.sample(options) : await sample(row, options)
        if (round > 0) row.samples.push({ round, value: row.workload.figure.of(result), ...result })
      } catch (error) {
        if (!findHung(error)) throw error
        row.missing = `${error.message}, in round ${round}`
        row.samples.length = 0
      }
    }
  }
}

function findHung(error) {
  return error instanceof Hung || (error.cause !== undefined && findHung(error.cause))
}
