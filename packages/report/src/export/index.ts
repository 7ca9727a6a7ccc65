import type { ResultRecord } from '@spsc/core'
import { toCsv } from '../csv.js'
import { toHtml } from '../html/html.js'
import { toMarkdown } from '../markdown.js'
import type { ReportOptions } from '../report-sections.js'
import { toHlog } from './hlog.js'
import { toJson, toNdjson } from './json.js'

/** Draws all of what is stored as one text. */
type Exporter = (records: readonly ResultRecord[], options: ReportOptions) => string

/** Every format that records can be exported in, by the name that `--out` gives it. */
export const EXPORTERS = {
  csv: toCsv,
  hlog: toHlog,
  html: toHtml,
  json: toJson,
  md: toMarkdown,
  ndjson: toNdjson,
} as const satisfies Readonly<Record<string, Exporter>>

export type ExportFormat = keyof typeof EXPORTERS

export function isExportFormat(name: string): name is ExportFormat {
  return Object.hasOwn(EXPORTERS, name)
}
