/** Bytes of one object below, as V8 lays it out in 64 bits: map, properties, elements and two fields, and its array's slot. */
const OBJECT_BYTES = 48
/** Objects that live on for a while: what a collector has to look at and to move, which is its work. */
const ALIVE = 200_000

/**
 * Makes `bytes` of garbage at each call: small objects that outlive their youth, the oldest given up for each new one.
 * A collector that moves what is young finds much of it alive, and now and then has the whole heap to mark.
 */
export function garbageOf(bytes: number): () => void {
  const each = Math.max(1, Math.round(bytes / OBJECT_BYTES))
  const alive: ({ readonly number: number; readonly before: object | undefined } | undefined)[] = new Array(ALIVE)
  let next = 0
  return () => {
    for (let i = 0; i < each; i++) {
      alive[next] = { number: next, before: undefined }
      next = next + 1 === ALIVE ? 0 : next + 1
    }
  }
}
