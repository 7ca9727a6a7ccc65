/** The one monotonic clock of a run: nanoseconds from an arbitrary origin, common to all threads of the machine. */
export interface Clock {
  readonly name: string
  now(): bigint
}
