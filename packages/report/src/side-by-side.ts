import { cellKey, type ResultRecord } from '@spsc/core'

/** One of several runs that are shown together. */
export interface LabelledRun {
  /** What tells it from the others: its name, or more of its path. */
  readonly label: string
  readonly records: readonly ResultRecord[]
  /** Joins the warnings of each of its records: how its machine differs. */
  readonly warning?: string
}

/** Each cell's place in a table: cells of one scenario and queue stand together, in the order of the runs. */
function placesOf(runs: readonly LabelledRun[]): (run: LabelledRun, record: ResultRecord) => number {
  const cells = new Map<string, number>()
  const byPlan = runs.flatMap(({ records }) => [...records].sort((a, b) => a.cell - b.cell))
  for (const record of byPlan) if (!cells.has(cellKey(record))) cells.set(cellKey(record), cells.size)
  return (run, record) => (cells.get(cellKey(record)) as number) * runs.length + runs.indexOf(run) + 1
}

/**
 * The records of several runs as those of one that everything here can draw. A record says of which run it is, as its
 * `run` and before the name of its scenario, so that runs stay apart: `before: baseline`, `after: baseline`. All else
 * in it stays as it was measured.
 *
 * @example
 * process.stdout.write(toTable(sideBySide([{ label: 'before', records }, { label: 'after', records: others }])))
 */
export function sideBySide(runs: readonly LabelledRun[]): readonly ResultRecord[] {
  const placeOf = placesOf(runs)
  return runs.flatMap((run) =>
    run.records.map((record) => ({
      ...record,
      run: run.label,
      scenario: `${run.label}: ${record.scenario}`,
      cell: placeOf(run, record),
      warnings: run.warning === undefined ? record.warnings : [...record.warnings, run.warning],
    })),
  )
}

/**
 * A label for each results file: the name of its run, and as many of its folders as two runs of one name need.
 *
 * @param places folder and name, no two alike
 *
 * @example
 * labelsOf([{ dir: 'old', name: 't000' }, { dir: 'new', name: 't000' }]) // ['old/t000', 'new/t000']
 */
export function labelsOf(places: readonly { readonly dir: string; readonly name: string }[]): readonly string[] {
  const paths = places.map(({ dir, name }) => [...dir.split(/[\\/]+/).filter((part) => part !== ''), name])
  const label = (path: readonly string[], parts: number) => path.slice(-parts).join('/')
  return paths.map((path) => {
    const others = paths.filter((other) => other !== path)
    let parts = 1
    while (parts < path.length && others.some((other) => label(other, parts) === label(path, parts))) parts++
    return label(path, parts)
  })
}
