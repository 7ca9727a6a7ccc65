import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

test('every trade arrives in order, with its fields', () => {
  const program = fileURLToPath(new URL('../index.js', import.meta.url))
  const output = execFileSync(process.execPath, [program, '20000'], { encoding: 'utf8', timeout: 30_000 })
  const rows = [...output.matchAll(/^([A-D]+): (\d+) trades, volume (\d+), mean price (\d+\.\d\d), \d+ % sold$/gm)]
  assert.deepEqual(
    rows.map(([, symbol]) => symbol),
    ['AAA', 'BBB', 'CCC', 'DDDD'],
  )
  assert.equal(
    rows.reduce((sum, [, , trades]) => sum + Number(trades), 0),
    20_000,
  )
  assert.match(output, /20000 trades in order, [\d.]+ M\/s\n$/)
})
