import type { LedgerSegment } from '@spsc/core'

/** What a cause is, and what would show that it is one. */
export interface CauseText {
  /** Ends a sentence that begins with the scenario. */
  readonly says: string
  /** What to do about it, where it is one. */
  readonly cure: string
  /** Segments that carry its excess. */
  readonly segments: readonly LedgerSegment[]
}

/** Causes that the rules can name. They are kinds of effects: who is behind one is for `--confirm` to find out. */
export const CAUSES = {
  'cpu-quota': {
    says: 'the CPU quota of its control group ran out, and its threads were held back',
    cure: 'raise the quota of its control group',
    segments: ['p_runq', 'c_runq', 's_runq'],
  },
  overload: {
    says: 'the consumer is hardly ever idle: more is offered than it can take',
    cure: 'offer less, or make the work shorter',
    segments: ['s_cpu', 's_off'],
  },
  'late-pacer': {
    says: "the producer's waits end late, each time",
    cure: 'set timerSlack to 1 or pacing to spin',
    segments: ['p_late'],
  },
  'slow-service': {
    says: "the consumer's work takes longer on every item",
    cure: "profile the consumer's work",
    segments: ['s_cpu', 's_off'],
  },
  'full-queue': {
    says: 'the queue is full now and then although the consumer is idle most of the time: it holds too few items',
    cure: 'give the queue more room',
    segments: [],
  },
  'consumer-stall': {
    says: "the consumer's work on some items takes far longer, on its CPU",
    cure: "look for what the consumer's work does now and then",
    segments: ['s_cpu'],
  },
  'consumer-sleep': {
    says: 'the consumer sleeps, or is stopped, in the middle of its work on some items',
    cure: 'look for locks, files and sockets in the work of the consumer',
    segments: ['s_off'],
  },
  garbage: {
    says: 'a thread stands still while its garbage is collected',
    cure: 'make less garbage in that thread, or measure a queue without JavaScript',
    segments: ['s_cpu', 'c_wake', 'p_own', 'p_late'],
  },
  'producer-stall': {
    says: 'the producer is awake in time and holds some items back',
    cure: 'look for what the producer does between its wake-up and the push',
    segments: ['p_own'],
  },
  freeze: {
    says: 'the threads stand still for a while, neither running nor ready to run',
    cure: 'look for what stops the process: a debugger, a snapshot, a freezer group, the suspended machine',
    segments: ['p_late', 'c_wake', 's_off'],
  },
  steal: {
    says: 'the hypervisor gives the CPUs to others',
    cure: 'move to a machine of your own, or another time',
    segments: ['p_late', 'c_wake', 's_off'],
  },
  'shared-cpu': {
    says: 'the two threads are on one CPU and keep each other waiting for it',
    cure: 'give each thread a CPU',
    segments: ['p_runq', 'c_runq', 's_runq'],
  },
  'consumer-contention': {
    says: 'the consumer is ready to run, and another task has its CPU',
    cure: 'give the consumer a CPU without other tasks, or take them away',
    segments: ['c_runq', 's_runq'],
  },
  'producer-contention': {
    says: 'the producer is ready to run, and another task has its CPU',
    cure: 'give the producer a CPU without other tasks, or take them away',
    segments: ['p_runq'],
  },
  'slow-wake': {
    says: 'the consumer wakes up late, though no other task has its CPU',
    cure: 'let the consumer spin, or keep its CPU from deep sleep',
    segments: ['c_wake'],
  },
} as const satisfies Record<string, CauseText>

export type CauseName = keyof typeof CAUSES

export const CAUSE_NAMES = Object.keys(CAUSES) as readonly CauseName[]
