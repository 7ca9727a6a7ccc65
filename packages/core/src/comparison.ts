import type { Unavailable } from './pipeline.js'

/** `ratio`: an effect is a share of A, so 0.1 is 10 % more; `difference`: it is in the unit of the figure. */
export type EffectScale = 'ratio' | 'difference'

/** What blocks say of one figure under A and under B. Effects are of B against A. */
export interface BlockVerdict {
  readonly verdict: 'differs' | 'equivalent' | 'inconclusive'
  /** Blocks compared. */
  readonly n: number
  /** Two-sided, of this figure alone. */
  readonly p: number
  readonly effect: number
  /** Where the effect lies, at 95 %: all that the test would not reject; absent: so few blocks have none. */
  readonly low?: number
  readonly high?: number
  /** By how much A seemed to differ from A, measured twice; absent: it was measured once. */
  readonly twin_effect?: number
  /** Blocks that an inconclusive one would take. */
  readonly needed?: number
}

/** One figure of a comparison. */
export interface FigureComparison extends BlockVerdict {
  /** `latency.p99`, `ops_s`, `ledger.c_runq`. */
  readonly kpi: string
  readonly unit: 'ns' | 'items/s' | 'share'
  readonly scale: EffectScale
  /** Medians over the blocks. */
  readonly a: number
  readonly b: number
  /** p adjusted for all figures of the comparison, so that any false alarm has a chance of 5 %; absent below two blocks. */
  readonly p_family?: number
  /** Blocks in which a figure lies below its floor, and counts as that. */
  readonly below_floor: number
}

/** A figure that one of the two does not have. */
export interface FigureMissing extends Unavailable {
  readonly kpi: string
}

/** A row of a run. */
export interface ComparedRow {
  readonly run: string
  readonly scenario: string
  readonly queue: string
}

/** Replicates of a block during which others used the CPUs. Without B, or without A and its twin, nothing of it counts. */
export interface LeftOut {
  /** The block, from 1. */
  readonly replicate: number
  readonly rows: readonly ('a' | 'twin' | 'b')[]
  readonly reasons: readonly string[]
}

/** Two rows, figure by figure. */
export interface Comparison {
  readonly a: ComparedRow
  readonly b: ComparedRow
  /** `interleaved`: both were measured in each block, in random order; `apart`: one after the other. */
  readonly design: 'interleaved' | 'apart'
  /** Share within which figures count as equivalent. */
  readonly margin: number
  readonly blocks: number
  /** What was left out, and why: by what others did on the machine, never by what was measured. */
  readonly left_out: readonly LeftOut[]
  readonly figures: readonly (FigureComparison | FigureMissing)[]
}

/** By how much a figure may get worse. */
export interface Bound {
  /** In its normal form: `response.p99=+10%`. */
  readonly text: string
  readonly kpi: string
  /** The largest effect allowed, towards worse: a share of A, or, of drops, the difference of rates. Not negative. */
  readonly limit: number
}

/** What a comparison says of one bound. */
export interface BoundVerdict {
  readonly bound: Bound
  readonly a: ComparedRow
  readonly b: ComparedRow
  readonly verdict: 'pass' | 'regressed' | 'inconclusive'
  /** Why it can't be told; absent otherwise. */
  readonly reason?: string
  readonly figure?: FigureComparison
  /** Of a regression: the part of the response that grew most, where the ledger tells. */
  readonly segment?: FigureComparison
}
