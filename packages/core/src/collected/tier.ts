/**
 * Where a figure comes from, the ladder from the strongest evidence down: counters of the CPU, software events that perf
 * counts, the kernel's books under /proc and /sys, a probe in the program itself.
 */
export type Tier = 'hardware' | 'perf' | 'proc' | 'probe'
