import type { ResultRecord } from '@spsc/core'

/** One chart, drawn. */
export interface Picture {
  /** What it shows, for readers who can't see it: the alt text in a page. */
  readonly alt: string
  /** A whole SVG document, without fonts and without anything fetched from elsewhere. */
  readonly svg: string
}

/**
 * A chart is a function of stored records alone; `undefined` where they don't hold what it needs.
 *
 * @param name of the run
 */
export type Chart = (records: readonly ResultRecord[], name: string) => Picture | undefined
