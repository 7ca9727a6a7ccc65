import { readFileSync } from 'node:fs'
import { defineConfig } from 'tsup'

// What a package builds is what its `exports` promise: every entry that names a source file.
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, string | { 'spsc:source'?: string }>
}
const entry = Object.values(manifest.exports).flatMap((target) =>
  typeof target === 'object' && target['spsc:source'] ? [target['spsc:source']] : [],
)

export default defineConfig({
  entry,
  format: 'esm',
  target: 'node20',
  platform: 'neutral',
  external: [/^node:/],
  // Deno, Bun and browsers' bundlers know built-in modules by this prefix only.
  removeNodeProtocol: false,
  sourcemap: true,
  clean: true,
  dts: false,
})
