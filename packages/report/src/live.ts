import { readFileSync } from 'node:fs'
import type { ResultRecord } from '@spsc/core'
import { cellsOf } from './cells.js'
import { cellFigures } from './html/collect.js'
import type { LiveCell } from './html/page-data.js'
import { oneLine } from './text.js'

export type { LiveCell } from './html/page-data.js'

/** A file of the page that follows a run. */
export interface LiveFile {
  /** Of its content, for HTTP. */
  readonly type: string
  readonly body: string
}

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>spsc</title>
<link rel="stylesheet" href="page.css">
<link rel="icon" href="data:,">
</head>
<body>
<main>
<h1 id="name">spsc run</h1>
<p id="status" role="status">Connecting.</p>
<progress id="progress" max="1" value="0" aria-label="replicates done"></progress>
<section aria-labelledby="results">
<h2 id="results">Results so far</h2>
<p class="note">Medians over replicates, with the lowest and the highest below; latency is push to pop, of delivered items.</p>
<div class="scroll" role="group" aria-label="Results so far" tabindex="0"><table id="table"></table></div>
</section>
<section id="troubles" aria-labelledby="messages-title" hidden>
<h2 id="messages-title">Failures and warnings</h2>
<ul id="messages"></ul>
</section>
<div id="figures"></div>
</main>
<noscript><p>This page follows a run by a script.</p></noscript>
<script type="module" src="page.js"></script>
</body>
</html>
`

// Built beside this module.
function asset(file: string): string {
  return readFileSync(new URL(`./${file}`, import.meta.url), 'utf8')
}

/**
 * A page that shows a run while it goes on, with the charts of its report; the rest is that of a server. It loads no
 * file but these, and follows `events`, server-sent: `run` with the name of the run, `replicate` with scenario, queue
 * and number of each that is over, and why it `failed` or is `invalid`, `cell` with a {@link LiveCell}, `table` with
 * that of all records so far, `warning`, `progress` and, once, `end` with whether the run was `cancelled`.
 *
 * @returns its files by their path beside the page, which itself has none
 */
export function liveFiles(): ReadonlyMap<string, LiveFile> {
  return new Map([
    ['', { type: 'text/html; charset=utf-8', body: PAGE }],
    ['page.css', { type: 'text/css; charset=utf-8', body: asset('page.css') + asset('live.css') }],
    ['page.js', { type: 'text/javascript; charset=utf-8', body: asset('live.global.js') }],
  ])
}

/** What that page shows of each scenario and queue in these records. */
export function liveCells(records: readonly ResultRecord[]): readonly LiveCell[] {
  return cellsOf(records).map((cell) => ({
    place: cell.records[0]?.cell ?? 0,
    scenario: oneLine(cell.scenario),
    queue: oneLine(cell.queue),
    figures: cellFigures(cell),
  }))
}
