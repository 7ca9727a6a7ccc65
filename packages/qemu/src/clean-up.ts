/**
 * Does something if this process ends before it is done otherwise, as with `process.exit` on a second Ctrl-C.
 *
 * @returns what forgets it
 */
export function onExit(work: () => void): () => void {
  process.once('exit', work)
  return () => process.off('exit', work)
}
