// Prints what the library costs a web page: minified and gzipped bytes of the built entries.
//   node scripts/size.mjs           the table
//   node scripts/size.mjs --check   exits 1 when an entry is over its limit
import { gzipSync } from 'node:zlib'
// The one that tsup builds the packages with.
import { build } from 'esbuild'

/** `limit` in bytes, minified and gzipped. */
const entries = [
  { label: '@spsc/core', code: "export * from '@spsc/core'", limit: 12_000 },
  {
    label: '@spsc/core, without its dependencies',
    code: "export * from '@spsc/core'",
    external: ['eventemitter3', 'valibot'],
  },
  { label: '@spsc/queue-sab', code: "export * from '@spsc/queue-sab'", limit: 11_300 },
  {
    label: '@spsc/queue-sab, createQueue + attachQueue',
    code: "export { createQueue, attachQueue } from '@spsc/queue-sab'",
  },
]

async function measure({ code, external = [] }) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: new URL('..', import.meta.url).pathname },
    bundle: true,
    minify: true,
    external,
    format: 'esm',
    // Fails on an import of `node:`: these entries are meant for browsers too.
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
    write: false,
  })
  const minified = outputFiles[0].contents
  return { minified: minified.length, gzipped: gzipSync(minified, { level: 9 }).length }
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(2)} kB`

const rows = await Promise.all(entries.map(async (entry) => ({ ...entry, ...(await measure(entry)) })))
const width = Math.max(...rows.map(({ label }) => label.length))
console.log(`${'entry'.padEnd(width)}  ${'min'.padStart(9)}  ${'min+gzip'.padStart(9)}  ${'limit'.padStart(9)}`)
for (const { label, minified, gzipped, limit } of rows) {
  const columns = [kilobytes(minified), kilobytes(gzipped), limit ? kilobytes(limit) : ''].map((text) =>
    text.padStart(9),
  )
  console.log(`${label.padEnd(width)}  ${columns.join('  ')}`.trimEnd())
}

if (process.argv.includes('--check')) {
  for (const { label, gzipped, limit } of rows) {
    if (limit === undefined || gzipped <= limit) continue
    console.error(
      `[spsc] [size] ${label} is ${gzipped} bytes; allowed: ${limit}; shrink it, or raise the limit in scripts/size.mjs`,
    )
    process.exitCode = 1
  }
}
