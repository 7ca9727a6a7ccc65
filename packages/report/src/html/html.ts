import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ResultRecord } from '@spsc/core'
import { type ReportOptions, toMarkdown } from '../markdown.js'
import { oneLine } from '../text.js'
import { pageDataOf } from './collect.js'
import { embeddedJson, escapeHtml } from './escape.js'
import { figuresHtml } from './figures.js'
import { ledgerBarsHtml } from './ledger-bars.js'
import { type Section, sectionsOf } from './markdown-html.js'
import { provenanceHtml } from './provenance.js'
import { replicatesHtml } from './replicates-table.js'

export interface HtmlOptions extends Omit<ReportOptions, 'pictures'> {
  /** What `NAME_manifest.json` holds, for when and where it was measured. */
  readonly manifest?: unknown
}

/** Sections that are long, and read once one has a question: folded. */
const FOLDED = new Map([
  ['Latency ledger', 'The ledger in figures'],
  ['Performance counters', 'What perf counted'],
  ['Scheduling', 'The kernel’s books, scenario by scenario'],
  ['Certificate', 'What the instruments were good for'],
])

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

function idOf(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-')
}

function sectionHtml({ title, html }: Section, lead = ''): string {
  const summary = FOLDED.get(title)
  const body = summary === undefined ? html : `<details><summary>${summary}</summary>\n${html}\n</details>`
  return `<section aria-labelledby="${idOf(title)}">
<h2 id="${idOf(title)}">${escapeHtml(title)}</h2>
${lead}${body}
</section>`
}

function everyReplicate(records: readonly ResultRecord[]): string {
  if (records.length === 0) return ''
  const html = `<details><summary>Figures of every replicate, as in the CSV</summary>\n${replicatesHtml(records)}\n</details>`
  return sectionHtml({ title: 'Every replicate', html })
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
  const [results, ...sections] = sectionsOf(toMarkdown(records, options))
  const data = pageDataOf(records, name)
  const title = escapeHtml(`${oneLine(name)} — Results`)
  const lead = (section: Section) => (section.title === 'Latency ledger' ? ledgerBarsHtml(records) : '')
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
${results?.html ?? ''}
</section>
${figuresHtml(data)}
${sections.map((section) => sectionHtml(section, lead(section))).join('\n')}
${everyReplicate(records)}
${RAW_DATA}
</main>
<script type="application/json" id="data">${embeddedJson(data)}</script>
<script>${script}</script>
</body>
</html>
`
}
