/** The URL of a module under fixtures/: JavaScript, since TypeScript does not reach worker threads on Node 20. */
export function fixture(path: string): string {
  return new URL(`./fixtures/${path}`, import.meta.url).href
}

/** The smallest correct backend. */
export const LAMPORT = new URL('../../../examples/plugin-queue/index.js', import.meta.url).href

/** A queue whose ends must be transferred, and wait on an event loop only. */
export const MESSAGEPORT = new URL('../../../examples/plugin-messageport/index.js', import.meta.url).href
