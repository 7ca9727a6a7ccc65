// Most bytes of a stored record are the buckets of its histograms, [lowest value, width, count] one after the other.
// What they differ by is mostly 0, and compresses to a third of what they do.

/** Marks a list of such differences: no record has a field of this name. */
const DIFFERENCES = '\u0000differences'
const PACKED = '+'
const PLAIN = '-'

type Bucket = readonly [lowest: number, width: number, count: number]

function isBucket(value: unknown): value is Bucket {
  return Array.isArray(value) && value.length === 3 && value.every(Number.isSafeInteger)
}

/** Each bucket begins where the one before ends, is as wide, or says by how much not. */
function differencesOf(buckets: readonly Bucket[]): number[] {
  let [end, width] = [0, 0]
  const differences: number[] = []
  for (const bucket of buckets) {
    differences.push(bucket[0] - end, bucket[1] - width, bucket[2])
    width = bucket[1]
    end = bucket[0] + width
  }
  return differences
}

function bucketsOf(differences: readonly number[]): Bucket[] {
  let [end, width] = [0, 0]
  const buckets: Bucket[] = []
  for (let at = 0; at < differences.length; at += 3) {
    const lowest = end + (differences[at] as number)
    width += differences[at + 1] as number
    end = lowest + width
    buckets.push([lowest, width, differences[at + 2] as number])
  }
  return buckets
}

/** A value of JSON with parts of it changed: those for which `change` gives something. */
function withChanged(value: unknown, change: (part: object) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const changed = change(value)
  if (changed !== undefined) return changed
  if (Array.isArray(value)) return value.map((part) => withChanged(part, change))
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withChanged(part, change)]))
}

function toDifferences(part: object): unknown {
  if (!Array.isArray(part) || part.length === 0 || !part.every(isBucket)) return undefined
  return { [DIFFERENCES]: differencesOf(part) }
}

function fromDifferences(part: object): unknown {
  const differences = (part as Record<string, unknown>)[DIFFERENCES]
  return Array.isArray(differences) ? bucketsOf(differences) : undefined
}

/** A line of JSON as {@link packLine} made it. */
export function unpackLine(line: string): string {
  const rest = line.slice(1)
  return line.startsWith(PLAIN) ? rest : JSON.stringify(withChanged(JSON.parse(rest), fromDifferences))
}

/** A line of JSON in a form that compresses better; {@link unpackLine} gives it back to the byte, whatever is in it. */
export function packLine(line: string): string {
  const candidate = PACKED + JSON.stringify(withChanged(JSON.parse(line), toDifferences))
  return unpackLine(candidate) === line ? candidate : PLAIN + line
}
