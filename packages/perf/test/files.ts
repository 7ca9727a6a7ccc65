import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ExecutionContext } from 'ava'

/** Paths below a root, and what stands in them; `undefined`: there is no such file. */
export type Files = Readonly<Record<string, string | undefined>>

/** An empty folder that is gone after the test. */
export function folder(t: ExecutionContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'spsc-perf-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** Writes files below a root, the last line ended, and removes those that are undefined. */
export function write(root: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    if (text === undefined) rmSync(file, { force: true })
    else writeFileSync(file, text.endsWith('\n') ? text : `${text}\n`)
  }
}

/** The root of a machine that is made of these files. */
export function tree(t: ExecutionContext, files: Files): string {
  const root = folder(t)
  write(root, files)
  return root
}

/** A program that says what a test wants said. */
export function program(t: ExecutionContext, script: string): string {
  const path = join(folder(t), 'program')
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}
