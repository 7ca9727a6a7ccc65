/** Queues of `spsc run` that a benchmark of the laboratory measures, and the packages that have them. */
export const MODULES = {
  sab: '@spsc/queue-sab',
  'sab-mutex': '@spsc/queue-sab',
  native: '@spsc/queue-native',
  mutex: '@spsc/queue-native',
}
