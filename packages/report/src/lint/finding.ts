import type { Document } from './document.js'

/** A claim that the figures of its document don't carry. */
export interface Finding {
  /** From 1. */
  readonly line: number
  readonly rule: string
  /** What the text says, mostly in its own words; of unknown origin. */
  readonly says: string
  readonly carries: string
  readonly advice: string
}

export interface Rule {
  readonly name: string
  /** What it looks for, in one sentence. */
  readonly finds: string
  /** A claim that it flags, and what it would take. */
  readonly example: string
  check(document: Document): readonly Omit<Finding, 'rule'>[]
}

/** A sentence quoted in a message: its beginning is enough to find it. */
export function quote(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return `"${line.length <= 90 ? line : `${line.slice(0, 89).replace(/\s+\S*$/, '')} …`}"`
}
