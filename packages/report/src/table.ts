/** One figure of a row: the median over replicates, and their range where there are at least two. */
export interface Figure {
  /** A number, `<` and the floor that it lies below, or `unavailable`. */
  readonly median: string
  /** `lowest–highest`. */
  readonly range?: string
}

/** One line of the seed's table. */
export interface Row {
  /** Scenario, and queue where the run has several. */
  readonly names: readonly string[]
  /** As many as the header's; none where every replicate failed. */
  readonly figures: readonly Figure[]
  /** `failed: CODE` where every replicate failed. */
  readonly failure?: string
}

export interface Table {
  readonly header: { readonly names: readonly string[]; readonly figures: readonly string[] }
  readonly rows: readonly Row[]
}
