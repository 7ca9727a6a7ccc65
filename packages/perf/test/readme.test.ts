import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'
import { folder } from './files.js'

test('the program of the README prints its lines and the fingerprint’s id', async (t) => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const code = /^```js\n(.*?)^```$/ms.exec(readme)?.[1] as string
  const path = join(folder(t), 'example.mjs')
  writeFileSync(
    path,
    code.replaceAll(/'(@spsc\/[^']*)'/g, (_, entry) => JSON.stringify(import.meta.resolve(entry))),
  )
  const { stdout } = await promisify(execFile)(process.execPath, [path], { env: { ...process.env, FORCE_COLOR: '0' } })
  t.regex(stdout, /^missing addon not asked for$/m)
  t.regex(stdout, /^[0-9a-f]{12}\n$/m)
})
