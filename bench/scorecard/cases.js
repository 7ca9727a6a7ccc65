import { seededRandom } from '@spsc/core'

/**
 * Where faults are put in: what the scenario is without them, which queue, how many replicates are its reference, and
 * how many clean ones are diagnosed among the others.
 */
export const BASES = {
  paced: { queue: undefined, settings: {}, references: 5, clean: 10 },
  pinned: { queue: undefined, settings: { pinProducer: 'first', pinConsumer: 'last' }, references: 4, clean: 5 },
  bursts: { queue: undefined, settings: { burst: 8 }, references: 4, clean: 2 },
  // Both ends need a whole CPU.
  spinning: { queue: undefined, settings: { wait: 'spin', pacing: 'spin' }, references: 4, clean: 2 },
  javascript: { queue: 'sab', settings: {}, references: 4, clean: 3 },
}

/** Rounded, so that what is printed is what was injected. */
const between =
  (low, high, digits = 2) =>
  (random) =>
    Number((low + (high - low) * random()).toPrecision(digits))
const ms = between(8, 40)
const period = between(400, 900)
const nowAndThen = (random) => `${ms(random)}ms/${period(random)}ms`

/** Where it is put in, how its dose is drawn, and the cause that its effect is. */
export const FAULTS = {
  'consumer-stall': { base: 'paced', cause: 'consumer-stall', draw: nowAndThen, dose: 'ns' },
  'consumer-stall:sleep': {
    base: 'paced',
    cause: 'consumer-sleep',
    draw: (random) => `${nowAndThen(random)}:sleep`,
    dose: 'ns',
  },
  'producer-stall': { base: 'paced', cause: 'producer-stall', draw: nowAndThen, dose: 'ns' },
  freeze: { base: 'paced', cause: 'freeze', draw: nowAndThen, dose: 'ns' },
  'slow-service': {
    base: 'paced',
    cause: 'slow-service',
    draw: (random) => `${between(100, 500)(random)}us`,
    dose: 'ns',
  },
  // Slower than items come.
  'slow-service:overload': {
    base: 'paced',
    cause: 'overload',
    draw: (random) => `${between(1.3, 2)(random)}ms`,
  },
  'late-pacer': { base: 'paced', cause: 'late-pacer', draw: (random) => `${between(300, 1500)(random)}us`, dose: 'ns' },
  // The same effect as of a late pacer: by it alone nobody can tell them apart.
  'timer-slack': {
    base: 'paced',
    cause: 'late-pacer',
    draw: (random) => `${between(300, 1500)(random)}us`,
    dose: 'ns',
  },
  'cpu-quota': { base: 'paced', cause: 'cpu-quota', draw: (random) => `${between(1, 2)(random)}%`, dose: 'share' },
  'hog=last': {
    base: 'pinned',
    cause: 'consumer-contention',
    draw: (random) => `last:${2 + Math.floor(4 * random())}`,
  },
  'hog=first': {
    base: 'pinned',
    cause: 'producer-contention',
    draw: (random) => `first:${2 + Math.floor(4 * random())}`,
  },
  'small-cap': { base: 'bursts', cause: 'full-queue', draw: (random) => `${1 + Math.floor(4 * random())}` },
  'co-pin': { base: 'spinning', cause: 'shared-cpu', draw: () => 'last' },
  'gc-storm': { base: 'javascript', cause: 'garbage', draw: (random) => `${8 * (2 + Math.floor(5 * random()))}KiB` },
}

/** Faults that are put in together, of one base. */
export const PAIRS = [
  ['consumer-stall', 'producer-stall'],
  ['consumer-stall', 'late-pacer'],
  ['consumer-stall:sleep', 'slow-service'],
  ['producer-stall', 'slow-service'],
  ['freeze', 'slow-service'],
  ['freeze', 'consumer-stall'],
]

/** Name of the injector that a fault is a kind of. */
const injector = (fault) => fault.split(/[:=]/)[0]

function injectionOf(fault, random) {
  return `${injector(fault)}=${FAULTS[fault].draw(random)}`
}

function shuffled(items, random) {
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[result[i], result[j]] = [result[j], result[i]]
  }
  return result
}

/**
 * The cases of one seed: `each` of every fault, `pairs` of two at once, and clean ones. Numbered at random, so that a
 * number says nothing of what is in a case.
 */
export function casesOf({ seed, each, pairs }) {
  const random = seededRandom(seed)
  const faults = Object.keys(FAULTS).flatMap((fault) =>
    Array.from({ length: each }, () => ({
      base: FAULTS[fault].base,
      faults: [fault],
      inject: injectionOf(fault, random),
    })),
  )
  const twos = Array.from({ length: pairs }, (_, index) => {
    const two = PAIRS[index % PAIRS.length]
    return { base: FAULTS[two[0]].base, faults: two, inject: two.map((fault) => injectionOf(fault, random)).join('+') }
  })
  const bases = Object.entries(BASES)
  const clean = bases.flatMap(([base, { clean: count }]) =>
    Array.from({ length: count }, () => ({ base, faults: [], inject: 'none' })),
  )
  const cases = shuffled([...faults, ...twos, ...clean], random).map((one, index) => ({
    name: `case-${String(index + 1).padStart(3, '0')}`,
    ...one,
  }))
  const references = bases.flatMap(([base, { references: count }]) =>
    Array.from({ length: count }, (_, index) => ({ name: `reference-${base}-${index + 1}`, base, inject: 'none' })),
  )
  return { cases, references }
}
