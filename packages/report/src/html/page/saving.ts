import { unpackLine } from '../packing.js'
import type { PageData } from '../page-data.js'

async function inflate(base64: string): Promise<string> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))).text()
}

function unpack(lines: string): string {
  if (lines === '') return ''
  return `${lines.split('\n').map(unpackLine).join('\n')}\n`
}

function save(text: string, type: string, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type }))
  link.download = name
  link.click()
  // Not at once: the browser reads it when this event is over.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** A file's name, whatever the run is called. */
function fileName(name: string, suffix: string): string {
  return `${name.replace(/[^\p{L}\p{N}._-]+/gu, '_').replace(/^\.+/, '_')}_${suffix}`
}

/** Makes the buttons give the data that the page carries. */
export function enableSaving({ name, csv, ndjson }: PageData): void {
  const files: Readonly<Record<string, () => Promise<void>>> = {
    ndjson: async () => save(unpack(await inflate(ndjson)), 'application/x-ndjson', fileName(name, 'results.ndjson')),
    csv: async () => save(await inflate(csv), 'text/csv', fileName(name, 'metrics.csv')),
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-save]')) {
    button.disabled = false
    button.addEventListener('click', files[button.dataset.save as string] as () => Promise<void>)
  }
}
