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
import { type Block, compareBlocks, findKpi, KPIS, type Kpi, MIN_BLOCKS, maxT, median, onScale } from '@spsc/metrics'
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

/** What a block has: a good record of B, and of A, its twin, or both. */
interface Measured {
  readonly replicate: number
  readonly a: readonly { readonly row: 'a' | 'twin'; readonly record: MeasuredRecord }[]
  readonly b: MeasuredRecord
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

function blocksOf(a: RowRecords, b: RowRecords, twin: RowRecords = []): readonly Measured[] {
  const sides = [
    ['a', byReplicate(a)],
    ['twin', byReplicate(twin)],
  ] as const
  return [...byReplicate(b)].flatMap(([replicate, record]) => {
    const baseline = sides.flatMap(([row, records]) => {
      const own = records.get(replicate)
      return own === undefined ? [] : [{ row, record: own }]
    })
    return baseline.length === 0 ? [] : [{ replicate, a: baseline, b: record }]
  })
}

/**
 * Replicates during which others used the CPUs are left out, and of A and its twin the other one stays. That takes
 * {@link MIN_BLOCKS} blocks that stay; where fewer would, the machine is like that, and all are kept. The rule looks at no
 * figure that is compared.
 */
function leaveOut(blocks: readonly Measured[]) {
  const judged = blocks.map((block) => {
    const clean = block.a.filter(({ record }) => contaminationOf(record).length === 0)
    const disturbed = block.a.filter((side) => !clean.includes(side))
    const ofB = contaminationOf(block.b)
    const reasons = [...new Set([...disturbed.flatMap(({ record }) => contaminationOf(record)), ...ofB])]
    const rows = [...disturbed.map(({ row }) => row), ...(ofB.length > 0 ? (['b'] as const) : [])]
    const kept = clean.length > 0 && ofB.length === 0 ? [{ ...block, a: clean }] : []
    return { kept, leftOut: { replicate: block.replicate, rows, reasons } }
  })
  const kept = judged.flatMap(({ kept }) => kept)
  if (kept.length < MIN_BLOCKS) return { kept: blocks, leftOut: [] }
  return { kept, leftOut: judged.map(({ leftOut }) => leftOut).filter(({ rows }) => rows.length > 0) }
}

/** The figure of a record, not below the floors of those it is compared with: what lies below them can't be told apart. */
interface Values {
  readonly kpi: Kpi
  readonly blocks: readonly Block[]
  readonly belowFloor: number
}

function valuesOf(kpi: Kpi, measured: readonly Measured[]): Values | FigureMissing {
  let missing: Unavailable | undefined
  let belowFloor = 0
  const blocks = measured.map(({ a, b }) => {
    const records = [b, ...a.map(({ record }) => record)]
    const floor = kpi.hasFloor ? Math.max(...records.map(floorOf)) : 0
    const values = records.map((record) => {
      const value = kpi.of(record)
      if (!isUnavailable(value)) return value
      missing ??= value
      return Number.NaN
    })
    if (kpi.hasFloor && values.some((value) => value < floor)) belowFloor++
    const [ofB = Number.NaN, ...ofA] = values.map((value) => (kpi.hasFloor ? Math.max(value, floor) : value))
    return { a: ofA, b: ofB }
  })
  if (missing !== undefined) return { kpi: kpi.name, unavailable: missing.unavailable }
  if (kpi.scale === 'ratio' && blocks.some(({ a, b }) => [b, ...a].some((value) => !(value > 0)))) {
    return { kpi: kpi.name, unavailable: 'it is 0 in some block' }
  }
  return { kpi, blocks, belowFloor }
}

/** Median of A over the blocks; where A was left out, its twin stands for it. */
function medianOfA(blocks: readonly Block[]): number {
  return median(blocks.map(({ a: [first] }) => first as number))
}

/** What parts of A's items are parts of, whichever figures are asked about; 0 where it is not known. */
function responseOf(blocks: readonly Measured[]): number {
  for (const name of ['response.p99', 'latency.p99']) {
    const values = valuesOf(findKpi(name) as Kpi, blocks)
    if (!isUnavailable(values)) return medianOfA(values.blocks)
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
    const ps = maxT(family.map(({ kpi, blocks }) => onScale(kpi.scale, blocks)))
    for (const [index, { kpi }] of family.entries()) adjusted.set(kpi, ps[index] as number)
  }
  return adjusted
}

function compareFigure(
  { kpi, blocks, belowFloor }: Values,
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
  const verdict = compareBlocks({ blocks, scale: kpi.scale }, { ...rules, ...(pFamily !== undefined && { pFamily }) })
  const allBelow =
    kpi.hasFloor && belowFloor === blocks.length && blocks.every(({ a, b }) => a.every((value) => value === b))
  return {
    ...verdict,
    ...(allBelow && { verdict: 'inconclusive' as const }),
    kpi: kpi.name,
    unit: kpi.unit,
    scale: kpi.scale,
    a: medianOfA(blocks),
    b: median(blocks.map(({ b }) => b)),
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
