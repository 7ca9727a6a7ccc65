import { readFile, stat } from 'node:fs/promises'
import { errorMessage, SpscError } from '@spsc/core'
import {
  type Finding,
  findingAnnotation,
  findingJson,
  findingLine,
  findingText,
  lintMarkdown,
  rulesText,
} from '@spsc/report/lint'
import { EXIT } from './exit-codes.js'
import type { Flags } from './program.js'
import { print, say } from './streams.js'

/** No report of prose is longer; a larger file is data, or a mistake. */
const MAX_BYTES = 4 * 1024 * 1024

async function readReport(path: string): Promise<string> {
  const refuse = (what: string) =>
    new SpscError('ERR_OUTPUT', 'lint', `${path} ${what}; allowed: Markdown text up to 4 MiB`)
  const { size, isFile } = await stat(path).then(
    (found) => ({ size: found.size, isFile: found.isFile() }),
    (error: unknown) => {
      throw refuse(`can't be read: ${errorMessage(error)}`)
    },
  )
  if (!isFile) throw refuse('is no file')
  if (size > MAX_BYTES) throw refuse(`has ${size} bytes`)
  const bytes = await readFile(path).catch((error: unknown) => {
    throw refuse(`can't be read: ${errorMessage(error)}`)
  })
  if (bytes.includes(0)) throw refuse('holds bytes that are no text')
  return bytes.toString('utf8')
}

function formatter(flags: Flags): (file: string, finding: Finding) => string {
  if (flags.json) return findingJson
  if (flags.format === 'github') return findingAnnotation
  return process.stdout.isTTY ? findingText : findingLine
}

/** `spsc lint`: claims of reports that their figures don't carry. */
export async function lint(files: readonly string[], flags: Flags): Promise<number> {
  if (flags.rules) {
    print(rulesText())
    return EXIT.ok
  }
  if (files.length === 0) {
    throw new SpscError(
      'ERR_OPTION',
      'cli',
      'lint needs a file; allowed: paths of Markdown files, or --rules; see spsc lint --help',
    )
  }
  const texts = await Promise.all(files.map(async (file) => [file, await readReport(file)] as const))
  const format = formatter(flags)
  let count = 0
  for (const [file, text] of texts) {
    const findings = lintMarkdown(text)
    for (const finding of findings) print(format(file, finding))
    count += findings.length
  }
  say(
    `[spsc] [lint] ${count} ${count === 1 ? 'finding' : 'findings'} in ${files.length} ${files.length === 1 ? 'file' : 'files'}`,
  )
  return count > 0 ? EXIT.failed : EXIT.ok
}
