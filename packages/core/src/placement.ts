/** The CPUs the two ends are pinned to; absent: not pinned. */
export interface Placement {
  readonly producer?: number
  readonly consumer?: number
}
