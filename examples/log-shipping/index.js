// node index.js [lines]
import { Console } from 'node:console'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createLogger } from './logger.js'

const lines = Number(process.argv[2] ?? 50_000)
if (!Number.isSafeInteger(lines) || lines < 1) throw new Error('lines: a whole number from 1')

const folder = mkdtempSync(join(tmpdir(), 'spsc-log-'))
process.on('exit', () => rmSync(folder, { recursive: true }))

function report(what, file, { written, dropped }) {
  const inFile = readFileSync(file, 'utf8').split('\n').length - 1
  if (inFile !== written) throw new Error(`${written} lines were written, ${inFile} are in the file`)
  console.log(`${what}: ${written + dropped} lines, ${written} written, ${dropped} dropped`)
}

const line = (i) => JSON.stringify({ level: 30, request: i, message: 'request completed' })

{
  // A burst that nothing may hold up: what finds the queue full is dropped.
  const file = join(folder, 'burst.log')
  const logger = createLogger({ file })
  for (let i = 0; i < lines; i++) logger.log(line(i))
  report('drop-newest', file, logger.close())
}
{
  // Nothing may be lost: the stream takes no more than the file does.
  const file = join(folder, 'stream.log')
  const logger = createLogger({ file, onFull: 'block' })
  const source = Readable.from(Array.from({ length: lines }, (_, i) => `${line(i)}\n`))
  await pipeline(source, logger.stream())
  report('block, as a stream', file, logger.close())
}
{
  // Exits without waiting for anything: the last lines are written all the same.
  const file = join(folder, 'exit.log')
  const logger = createLogger({ file })
  process.prependListener('exit', () => report('at exit', file, logger.close()))
  logger.log('the last line')
  new Console(logger.stream()).log('but for that of a %s', 'console')
  process.exit()
}
