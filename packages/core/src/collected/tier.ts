/** Where a figure comes from, best first: hardware counters → perf's software events → /proc → the user's own probe. */
export type Tier = 'hardware' | 'perf' | 'proc' | 'probe'
