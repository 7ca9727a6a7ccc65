import { NUMBER, numberOf } from './numbers.js'
import { plain } from './sentences.js'

export type Metric = 'latency' | 'throughput' | 'drop' | 'replicates' | 'items' | 'planned' | 'offered' | 'other'

export interface Column {
  /** Its place in the rows. */
  readonly index: number
  /** As in the header, without marks. */
  readonly title: string
  readonly metric: Metric
  /** `p99`, where the column is a percentile. */
  readonly percentile: string | undefined
  /** Milliseconds of one unit, where it is a time. */
  readonly ms: number | undefined
}

/** A figure of a cell. Where it has no range, `low` and `high` are `undefined`. */
export interface Value {
  readonly text: string
  readonly value: number
  readonly low: number | undefined
  readonly high: number | undefined
}

export interface LintRow {
  readonly line: number
  /** The cells that name it. */
  readonly names: readonly string[]
  /** By the column's index; what was not measured is not there. */
  readonly values: ReadonlyMap<number, Value>
}

export interface LintTable {
  readonly line: number
  readonly last: number
  readonly section: number
  /** Of the column that names the rows. */
  readonly title: string
  /** Those with figures. */
  readonly columns: readonly Column[]
  readonly rows: readonly LintRow[]
  /** Titles of columns in which no cell has a figure, only `n/a`, `-`, `<not supported>` or the like. */
  readonly unmeasured: readonly string[]
}

const DELIMITER = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/
const UNMEASURED =
  /^(?:n\/?a|-+|–|—|\?|unavailable.*|unsupported|not (?:supported|counted|measured|available)|<not .*>)$/i
const FIGURE = new RegExp(
  String.raw`^[<>≈~≤≥]?\s*(${NUMBER})\s*([kKMG](?![a-zA-Z]))?\s*(ns|us|µs|ms|s|%|x|×)?(?=$|[\s(\[±+])`,
)
const RANGE = new RegExp(
  String.raw`[([]\s*(${NUMBER})\s*([kKMG])?\s*(?:–|—|-|to|\.\.|,)\s*(${NUMBER})\s*([kKMG])?\s*(?:ns|us|µs|ms|s|%)?\s*[)\]]`,
)
const PLUS_MINUS = new RegExp(String.raw`(?:±|\+\/?-)\s*(${NUMBER})\s*([kKMG](?![a-zA-Z]))?\s*(%)?`)
const MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3, sec: 1e3, seconds: 1e3 }
const SPREAD = /±|\+\/-|\b(?:sd|std|stddev|std\.? ?dev|sem|ci|95 ?% ci|spread|deviation|range|iqr|lowest|highest)\b|σ/i
const PERCENTILE = /\bp(50|75|90|95|99(?:\.?9+)?)\b/i

export function cellsOf(line: string): readonly string[] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
  return inner.split(/(?<!\\)\|/).map((cell) => plain(cell).trim())
}

export function isTableAt(lines: readonly string[], index: number): boolean {
  const [head = '', rule = ''] = [lines[index], lines[index + 1]]
  return (
    head.includes('|') && rule.includes('-') && DELIMITER.test(rule) && cellsOf(head).length === cellsOf(rule).length
  )
}

function metricOf(title: string): Metric {
  if (/^(?:n|r|runs?|reps?|replicates?|trials?|repetitions?)$/i.test(title)) return 'replicates'
  if (/^(?:items|requests|samples|messages|queries|count|delivered|transactions|events)$/i.test(title)) return 'items'
  if (/planned|requested|target|asked|nominal|configured rate/i.test(title)) return 'planned'
  if (/\b(?:offered|achieved|actual|sent)\b/i.test(title)) return 'offered'
  if (/drop|\blost\b|\bloss\b|error|time-?outs?\b|reject|fail|shed\b|discard/i.test(title)) return 'drop'
  if (/(?:\/|\bper )\s?s(?:ec(?:ond)?)?\b|\b(?:qps|rps|tps|iops|[MG]b?ps|throughput|bandwidth|rate)\b/i.test(title))
    return 'throughput'
  if (
    PERCENTILE.test(title) ||
    /\b(?:latency|median|mean|avg|average|time|duration|elapsed|response|max|min|pause|lag|delay|wall)\b/i.test(title)
  ) {
    return 'latency'
  }
  return /[([]\s*(?:ns|us|µs|ms|s|sec|seconds)\s*[)\]]/.test(title) ? 'latency' : 'other'
}

function columnOf(title: string, index: number): Column {
  const metric = metricOf(title)
  const unit = /(?:[([,]\s*|\s)(ns|us|µs|ms|s|sec|seconds)\s*[)\]]?$/.exec(title)?.[1]
  return {
    ...{ index, title, metric, percentile: PERCENTILE.exec(title)?.[0].toLowerCase() },
    ms: metric === 'latency' && unit !== undefined ? MS[unit] : undefined,
  }
}

function figureOf(cell: string): Value | undefined {
  const figure = FIGURE.exec(cell)
  if (figure === null) return undefined
  const [, digits = '', scale] = figure
  const value = numberOf(digits, scale)
  const range = RANGE.exec(cell)
  if (range !== null) {
    const low = numberOf(range[1] as string, range[2] ?? range[4] ?? '')
    return { text: cell, value, low, high: numberOf(range[3] as string, range[4] ?? '') }
  }
  const deviation = PLUS_MINUS.exec(cell)
  if (deviation === null) return { text: cell, value, low: undefined, high: undefined }
  const [, by = '', byScale, percent] = deviation
  const half = percent === '%' ? (value * numberOf(by)) / 100 : numberOf(by, byScale || scale)
  return { text: cell, value, low: value - half, high: value + half }
}

/** Where metrics are rows and scenarios columns: the other way round. */
function upright(header: readonly string[], rows: readonly { cells: readonly string[]; line: number }[]) {
  const isMetric = (title: string) => metricOf(title) !== 'other'
  const names = rows.map(({ cells }) => cells[0] ?? '')
  if (header.slice(1).some(isMetric) || rows.length === 0 || names.filter(isMetric).length * 2 < names.length) {
    return { header, rows }
  }
  return {
    header: [header[0] ?? '', ...names],
    rows: header.slice(1).map((name, at) => ({
      cells: [name, ...rows.map(({ cells }) => cells[at + 1] ?? '')],
      line: rows[0]?.line as number,
    })),
  }
}

/** A column of spread belongs to the one that its title repeats, or else to the last metric before it. */
function spreadOf(column: Column, columns: readonly Column[]): Column | undefined {
  if (!SPREAD.test(column.title)) return undefined
  const before = columns.filter(({ index, title }) => index < column.index && !SPREAD.test(title))
  return (
    before.findLast(({ percentile }) => percentile !== undefined && percentile === column.percentile) ?? before.at(-1)
  )
}

/** `p99 min` and `p99 max`, or `min` and `max` beside a mean where no percentile tells that they are of items. */
function boundOf(column: Column, columns: readonly Column[]): { of: Column; end: 'low' | 'high' } | undefined {
  const end = /\b(?:min|lowest|low)\b/i.test(column.title)
    ? 'low'
    : /\b(?:max|highest|high)\b/i.test(column.title)
      ? 'high'
      : undefined
  if (end === undefined) return undefined
  const isBound = ({ title }: Column) => /\b(?:min|max|lowest|highest|low|high)\b/i.test(title)
  const others = columns.filter((other) => !isBound(other) && other.metric !== 'replicates')
  const of = others.findLast((other) =>
    column.percentile === undefined
      ? other.metric !== 'other' && columns.every(({ percentile }) => percentile === undefined)
      : other.percentile === column.percentile,
  )
  return of === undefined ? undefined : { of, end }
}

/** @param index of the header's line; {@link isTableAt} holds there */
export function tableAt(lines: readonly string[], index: number, section: number): LintTable {
  const body: { cells: readonly string[]; line: number }[] = []
  let last = index + 2
  for (let at = index + 2; at < lines.length && (lines[at] as string).includes('|'); at++) {
    body.push({ cells: cellsOf(lines[at] as string), line: at + 1 })
    last = at + 1
  }
  const { header, rows } = upright(cellsOf(lines[index] as string), body)
  const all = header.map(columnOf)
  const hasFigure = ({ index: at, metric }: Column) =>
    at > 0 &&
    (metric !== 'other' ||
      rows.every(({ cells }) => figureOf(cells[at] ?? '') !== undefined || UNMEASURED.test(cells[at] ?? '')))
  const figures = all.filter(hasFigure)
  const bounds = new Map(figures.map((column) => [column, boundOf(column, figures)]))
  const spreads = new Map(figures.map((column) => [column, bounds.get(column) ? undefined : spreadOf(column, figures)]))
  const columns = figures.filter((column) => !bounds.get(column) && !spreads.get(column))
  const cellOf = (cells: readonly string[], column: Column) => figureOf(cells[column.index] ?? '')
  const withSpread = (cells: readonly string[], column: Column): Value | undefined => {
    const value = cellOf(cells, column)
    if (value === undefined || value.low !== undefined) return value
    const end = (wanted: 'low' | 'high') => {
      const found = figures.find((other) => bounds.get(other)?.of === column && bounds.get(other)?.end === wanted)
      return found && cellOf(cells, found)?.value
    }
    const spread = figures.find((other) => spreads.get(other) === column)
    const cell = spread === undefined ? '' : (cells[spread.index] ?? '')
    const range = RANGE.exec(`(${cell.replace(/^[([]|[)\]]$/g, '')})`)
    const half = range === null ? figureOf(cell.replace(/^(?:±|\+\/?-)\s*/, '')) : undefined
    const by = half === undefined ? undefined : /%/.test(cell) ? (value.value * half.value) / 100 : half.value
    return {
      ...value,
      low: end('low') ?? (range ? numberOf(range[1] as string, range[2]) : by && value.value - by),
      high: end('high') ?? (range ? numberOf(range[3] as string, range[4]) : by && value.value + by),
    }
  }
  return {
    ...{ line: index + 1, last, section, columns, title: header[0] ?? '' },
    rows: rows.map(({ cells, line }) => ({
      line,
      names: cells.filter((cell, at) => cell !== '' && !figures.some((column) => column.index === at)),
      values: new Map(
        columns.flatMap((column) => {
          const value = withSpread(cells, column)
          return value === undefined ? [] : [[column.index, value] as const]
        }),
      ),
    })),
    unmeasured: all
      .filter(
        ({ index: at }) => at > 0 && rows.length > 0 && rows.every(({ cells }) => UNMEASURED.test(cells[at] ?? '')),
      )
      .map(({ title }) => title),
  }
}
