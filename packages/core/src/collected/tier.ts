import type { Unavailable } from '../pipeline.js'

/** Where a figure comes from, best first: hardware counters → perf's software events → /proc → the user's own probe. */
export type Tier = 'hardware' | 'perf' | 'proc' | 'probe'

/** Figures with where they come from, or why there are none. */
export type Tiered<Figures> = ({ readonly tier: Tier } & Figures) | Unavailable
