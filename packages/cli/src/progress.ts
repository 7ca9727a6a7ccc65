import type { ReplicateRef, ResultRecord, Run } from '@spsc/core'
import { recordLine } from '@spsc/report'
import { oneLine } from '@spsc/report/text'
import type { Log } from './log.js'

type Named = Pick<ReplicateRef, 'scenario' | 'queue' | 'replicate'>

function nameOf({ scenario, queue, replicate }: Named): string {
  return `${scenario} on ${queue}, replicate ${replicate}`
}

function describe(ref: ReplicateRef): string {
  return `[${ref.order}/${ref.total}] ${nameOf(ref)}`
}

/** Whole seconds below two minutes, then minutes, then hours: an estimate deserves no more. */
export function about(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** What has come of the replicates so far. */
class Troubles {
  #failed = 0
  #invalid = 0
  #warnings = 0

  count(record: ResultRecord): void {
    if (record.status === 'failed') this.#failed++
    else if (record.invalid !== undefined) this.#invalid++
    this.#warnings += record.warnings.length
  }

  /** None while all is well. */
  lines(): readonly Line[] {
    const counts = [
      [this.#failed, 'failed'],
      [this.#invalid, 'invalid'],
      [this.#warnings, this.#warnings === 1 ? 'warning' : 'warnings'],
    ] as const
    const told = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
    return told.length === 0 ? [] : [{ before: `so far: ${told.join(', ')}`, name: '', after: '' }]
  }
}

/** A line whose name is cut where it is too long, and never what stands around it. */
interface Line {
  readonly before: string
  readonly name: string
  readonly after: string
}

function fit({ before, name, after }: Line, width: number): string {
  const room = Math.max(0, width - before.length - after.length)
  const text = oneLine(name)
  return `${before}${text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`}${after}`.slice(0, width)
}

/** Lines at the end of a terminal's text, drawn over those before. The cursor rests behind the last. */
class Block {
  readonly #terminal: NodeJS.WriteStream
  #height = 0

  constructor(terminal: NodeJS.WriteStream) {
    this.#terminal = terminal
  }

  #cleared(): string {
    const up = '\u001B[A\r\u001B[K'.repeat(Math.max(0, this.#height - 1))
    this.#height = 0
    return `\r\u001B[K${up}`
  }

  /** One write, so that no half of it is seen. */
  draw(lines: readonly Line[]): void {
    const width = Math.max(20, (this.#terminal.columns || 80) - 1)
    const cleared = this.#cleared()
    this.#terminal.write(`${cleared}${lines.map((line) => fit(line, width)).join('\n')}`)
    this.#height = lines.length
  }

  clear(): void {
    this.#terminal.write(this.#cleared())
  }
}

/**
 * Shows a run's progress on stderr. On a terminal: which replicate and how long yet, what the last one gave, how many
 * came to nothing; drawn as each stage begins, with both threads parked, and left alone while it measures. Elsewhere one
 * log entry per replicate.
 *
 * @returns a function that takes it away
 */
export function showProgress(run: Run, log: Log): () => void {
  const { stderr } = process
  if (!stderr.isTTY) {
    run.on('progress', ({ phase, remainingS, ...ref }) => {
      if (phase === 'load')
        log.info({ ...ref, remaining_s: Math.ceil(remainingS) }, `${describe(ref)}: about ${about(remainingS)} left`)
    })
    return () => {}
  }
  const block = new Block(stderr)
  const troubles = new Troubles()
  let last: readonly Line[] = []
  run.on('progress', ({ phase, remainingS, ...ref }) => {
    const { order, total } = ref
    const now = {
      before: `[${order}/${total}] `,
      name: nameOf(ref),
      after: `: ${phase}, about ${about(remainingS)} left`,
    }
    block.draw([now, ...last, ...troubles.lines()])
  })
  // Whatever is printed next begins on an empty line; the next stage draws the block again below it.
  run.on('warning', () => block.clear())
  run.on('result', (record) => {
    block.clear()
    troubles.count(record)
    last = [{ before: 'last: ', name: nameOf(record), after: `: ${recordLine(record)}` }]
  })
  return () => block.clear()
}
