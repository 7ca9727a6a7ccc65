import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ResultRecord } from '@spsc/core'
import { LEDGER_TITLE } from '../ledger-table.js'
import { type ReportOptions, reportSections } from '../report-sections.js'
import type { Section } from '../section.js'
import { oneLine } from '../text.js'
import { pageDataOf } from './collect.js'
import { embeddedJson, escapeHtml } from './escape.js'
import { figuresHtml } from './figures.js'
import { ledgerBarsHtml } from './ledger-bars.js'
import { provenanceHtml } from './provenance.js'
import { replicatesSection } from './replicates-table.js'
import { blocksHtml, sectionHtml } from './section-html.js'

export interface HtmlOptions extends Omit<ReportOptions, 'pictures'> {
  /** What `NAME_manifest.json` holds, for when and where it was measured. */
  readonly manifest?: unknown
}

// Built beside this module.
function asset(file: string): string {
  return readFileSync(new URL(`./${file}`, import.meta.url), 'utf8').trimEnd()
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** Nothing is fetched and nothing runs but the script and the style of this page. */
function policyOf(script: string, style: string): string {
  const rules = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ]
  return rules.join('; ')
}

const RAW_DATA = `<section aria-labelledby="raw-data">
<h2 id="raw-data">Raw data</h2>
<p>The page carries the records that it is drawn from: for each replicate counts, settings and what its collectors stored, latencies as histograms.</p>
<p class="tools"><button type="button" data-save="ndjson" disabled>Save as NDJSON</button><button type="button" data-save="csv" disabled>Save as CSV</button></p>
</section>`

/**
 * `NAME_report.html`: one page that needs nothing but itself. It has what `toMarkdown` has, charts that can be read
 * value by value, tables that can be sorted, and the records to save. Its tables are there without scripts too.
 *
 * The same records give the same bytes (with the same Node: compression is zlib's). Names and messages are escaped.
 *
 * @example
 * toHtml(records, { name: 't000' }) // '<!doctype html>\n<html lang="en">…'
 */
export function toHtml(records: readonly ResultRecord[], { manifest, ...options }: HtmlOptions): string {
  const { name } = options
  const [script, style] = [asset('page.global.js'), asset('page.css')]
  const [results, ...sections] = reportSections(records, options)
  const data = pageDataOf(records, name)
  const title = escapeHtml(`${oneLine(name)} — Results`)
  const lead = (section: Section) => (section.title === LEDGER_TITLE ? ledgerBarsHtml(records) : '')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(script, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${provenanceHtml(manifest)}
<section aria-label="Results">
${results === undefined ? '' : blocksHtml(results)}
</section>
${figuresHtml(data)}
${[...sections, ...replicatesSection(records)].map((section) => sectionHtml(section, lead(section))).join('\n')}
${RAW_DATA}
</main>
<script type="application/json" id="data">${embeddedJson(data)}</script>
<script>${script}</script>
</body>
</html>
`
}
