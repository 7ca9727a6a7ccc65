import {
  type Comparison,
  type FigureComparison,
  type FigureMissing,
  isUnavailable,
  type MeasuredRecord,
  type ResultRecord,
  SpscError,
  type Unavailable,
} from '@spsc/core'
import { compareBlocks, findKpi, KPIS, type Kpi, MIN_BLOCKS, maxT, median } from '@spsc/metrics'
import { contaminationOf } from './contaminated.js'

/** One row of a run: all its replicates. */
export type RowRecords = readonly ResultRecord[]

export interface CompareOptions {
  /** A measured once more in the same blocks, where it was. */
  readonly twin?: RowRecords
  /** Whether A and B were measured in turns. */
  readonly design: Comparison['design']
  /** Share within which figures count as equivalent; absent: {@link DEFAULT_MARGIN}. */
  readonly margin?: number
  /**
   * Names of the figures that are asked about; absent: all. p is adjusted for these alone, so fewer find smaller effects.
   * The parts of the ledger are compared in any case.
   */
  readonly figures?: readonly string[]
}

export const DEFAULT_MARGIN = 0.1
/** Runs that were measured one after the other differ by the machine's drift as well, so only more than this counts. */
export const LEAST_EFFECT_APART = 0.25
const LEAST_EFFECT = 0.05
/** Of shares of items: what counts as a difference, and within what they are equivalent. */
const LEAST_SHARE = 0.005
const SHARE_MARGIN = 0.01

/** What a block has: a good record of each row. */
interface Block {
  readonly replicate: number
  readonly a: MeasuredRecord
  readonly b: MeasuredRecord
  readonly twin?: MeasuredRecord
}

/** 0 where it is not known. */
function floorOf({ certificate }: MeasuredRecord): number {
  if (certificate === undefined || isUnavailable(certificate) || isUnavailable(certificate.floor_ns)) return 0
  return certificate.floor_ns
}

function byReplicate(row: RowRecords): ReadonlyMap<number, MeasuredRecord> {
  const good = row.filter((record): record is MeasuredRecord => record.status === 'ok')
  return new Map(good.map((record) => [record.replicate, record]))
}

function blocksOf(a: RowRecords, b: RowRecords, twin: RowRecords | undefined): readonly Block[] {
  const [ofB, ofTwin] = [byReplicate(b), twin && byReplicate(twin)]
  return [...byReplicate(a)].flatMap(([replicate, record]) => {
    const [other, again] = [ofB.get(replicate), ofTwin?.get(replicate)]
    if (other === undefined || (ofTwin !== undefined && again === undefined)) return []
    return [{ replicate, a: record, b: other, ...(again && { twin: again }) }]
  })
}

/**
 * Blocks in which others used the CPUs are left out, as long as {@link MIN_BLOCKS} stay; where fewer would, the machine is
 * like that, and all are kept. The rule looks at no figure that is compared.
 */
function leaveOut(blocks: readonly Block[]) {
  const judged = blocks.map((block) => {
    const records = [block.a, block.b, ...(block.twin ? [block.twin] : [])]
    return { block, reasons: [...new Set(records.flatMap(contaminationOf))] }
  })
  const disturbed = judged.filter(({ reasons }) => reasons.length > 0)
  const clean = judged.filter(({ reasons }) => reasons.length === 0)
  if (clean.length < MIN_BLOCKS) return { kept: blocks, leftOut: [] }
  const leftOut = disturbed.map(({ block, reasons }) => ({ replicate: block.replicate, reasons }))
  return { kept: clean.map(({ block }) => block), leftOut }
}

/** The figure of a record, not below the floors of those it is compared with: what lies below them can't be told apart. */
interface Values {
  readonly kpi: Kpi
  readonly rows: readonly (readonly [a: number, b: number, twin: number | undefined])[]
  readonly belowFloor: number
}

function valuesOf(kpi: Kpi, blocks: readonly Block[]): Values | FigureMissing {
  let missing: Unavailable | undefined
  let belowFloor = 0
  const rows = blocks.map(({ a, b, twin }) => {
    const records = [a, b, ...(twin ? [twin] : [])]
    const floor = kpi.hasFloor ? Math.max(...records.map(floorOf)) : 0
    const values = records.map((record) => {
      const value = kpi.of(record)
      if (!isUnavailable(value)) return value
      missing ??= value
      return Number.NaN
    })
    if (kpi.hasFloor && values.some((value) => value < floor)) belowFloor++
    const [ofA = Number.NaN, ofB = Number.NaN, ofTwin] = values.map((value) =>
      kpi.hasFloor ? Math.max(value, floor) : value,
    )
    return [ofA, ofB, ofTwin] as const
  })
  if (missing !== undefined) return { kpi: kpi.name, unavailable: missing.unavailable }
  if (kpi.scale === 'ratio' && rows.flat().some((value) => value !== undefined && !(value > 0))) {
    return { kpi: kpi.name, unavailable: 'it is 0 in some block' }
  }
  return { kpi, rows, belowFloor }
}

/** What parts of A's items are parts of, whichever figures are asked about; 0 where it is not known. */
function responseOf(blocks: readonly Block[]): number {
  for (const name of ['response.p99', 'latency.p99']) {
    const values = valuesOf(findKpi(name) as Kpi, blocks)
    if (!isUnavailable(values)) return median(values.rows.map(([ofA]) => ofA))
  }
  return 0
}

/** p of each figure, adjusted for all figures of its family: those that are judged, and those that say where time goes. */
function familyP(figures: readonly Values[], blocks: number): ReadonlyMap<Kpi, number> {
  const adjusted = new Map<Kpi, number>()
  if (blocks < 2) return adjusted
  for (const isJudged of [true, false]) {
    const family = figures.filter(({ kpi }) => (kpi.worse !== 'neither') === isJudged)
    if (family.length === 0) continue
    const onScale = (kpi: Kpi, value: number) => (kpi.scale === 'ratio' ? Math.log(value) : value)
    const condition = (block: number, of: 0 | 1) =>
      family.map(({ kpi, rows }) => onScale(kpi, rows[block]?.[of] as number))
    const results = maxT(Array.from({ length: blocks }, (_, block) => [condition(block, 0), condition(block, 1)]))
    for (const { metric, p } of results) adjusted.set((family[metric] as Values).kpi, p)
  }
  return adjusted
}

function compareFigure(
  { kpi, rows, belowFloor }: Values,
  pFamily: number | undefined,
  responseNs: number,
  { design, margin = DEFAULT_MARGIN }: CompareOptions,
): FigureComparison {
  const least = design === 'apart' ? LEAST_EFFECT_APART : LEAST_EFFECT
  // A difference counts by what the whole is: the response for its parts, all items for drops.
  const rules =
    kpi.scale === 'ratio'
      ? { margin: Math.max(margin, least), least }
      : kpi.unit === 'share'
        ? { margin: SHARE_MARGIN, least: LEAST_SHARE }
        : { margin: margin * responseNs, least: least * responseNs }
  const twins = rows.flatMap(([a, , twin]) => (twin === undefined ? [] : [[a, twin] as const]))
  const pairs = rows.map(([a, b]) => [a, b] as const)
  const verdict = compareBlocks(
    { pairs, ...(twins.length > 0 && { twins }), scale: kpi.scale },
    { ...rules, ...(pFamily !== undefined && { pFamily }) },
  )
  const allBelow = kpi.hasFloor && belowFloor === rows.length && pairs.every(([a, b]) => a === b)
  return {
    ...verdict,
    ...(allBelow && { verdict: 'inconclusive' as const }),
    kpi: kpi.name,
    unit: kpi.unit,
    scale: kpi.scale,
    a: median(rows.map(([a]) => a)),
    b: median(rows.map(([, b]) => b)),
    ...(pFamily !== undefined && { p_family: pFamily }),
    below_floor: belowFloor,
  }
}

function rowOf(row: RowRecords, which: string): Comparison['a'] {
  const [first] = row
  if (first === undefined) throw new SpscError('ERR_OPTION', 'compare', `row ${which} has no record; measure it first`)
  return { run: first.run, scenario: first.scenario, queue: first.queue }
}

/**
 * Compares two rows figure by figure, block by block.
 *
 * @param a the reference: effects are of `b` against it
 * @throws `ERR_OPTION` where a row has no record, or no block has both
 *
 * @example
 * compareRows(baseline, affinity, { twin, design: 'interleaved' }).figures[1]
 * // { kpi: 'latency.p99', verdict: 'differs', effect: 0.31, low: 0.22, high: 0.4, p_family: 0.0078, … }
 */
export function compareRows(a: RowRecords, b: RowRecords, options: CompareOptions): Comparison {
  const { design, twin, margin = DEFAULT_MARGIN } = options
  const rows = { a: rowOf(a, 'A'), b: rowOf(b, 'B') }
  const { kept, leftOut } = leaveOut(blocksOf(a, b, twin))
  if (kept.length === 0) {
    throw new SpscError(
      'ERR_OPTION',
      'compare',
      `${rows.a.scenario} on ${rows.a.queue} and ${rows.b.scenario} on ${rows.b.queue} have no good replicate in common; measure both`,
    )
  }
  const asked = KPIS.filter(({ name, worse }) => worse === 'neither' || (options.figures?.includes(name) ?? true))
  const values = asked.map((kpi) => valuesOf(kpi, kept))
  const known = values.filter((value): value is Values => !isUnavailable(value))
  const family = familyP(known, kept.length)
  const responseNs = responseOf(kept)
  const figures = values.map((value) =>
    isUnavailable(value) ? value : compareFigure(value, family.get(value.kpi), responseNs, options),
  )
  return { ...rows, design, margin, blocks: kept.length, left_out: leftOut, figures }
}

/** The part of the response that grew most, of those that differ; `undefined` where none does. */
export function guiltySegment({ figures }: Comparison): FigureComparison | undefined {
  const grown = figures.filter(
    (figure): figure is FigureComparison =>
      !isUnavailable(figure) && figure.kpi.startsWith('ledger.') && figure.verdict === 'differs' && figure.effect > 0,
  )
  return grown.sort((one, other) => other.effect - one.effect)[0]
}
