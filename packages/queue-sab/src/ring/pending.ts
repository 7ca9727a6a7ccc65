/** An end that holds back what it has pushed, or slots that it could give back. */
export interface Holding {
  /** It is off the list: makes all of it visible to the peer. */
  flushHeld(): void
}

/** The ends of this thread that hold something back, or did when they were put here. */
const holding: Holding[] = []
let scheduled = false

/**
 * Has `end` flushed at the end of the current microtask turn, or earlier where this thread waits for any queue or finds
 * one empty or full, of either kind: the peer of one may wait for what is held back in another.
 */
export function flushLater(end: Holding): void {
  holding.push(end)
  if (scheduled) return
  scheduled = true
  // Not queueMicrotask, which a worklet has not.
  Promise.resolve().then(() => {
    scheduled = false
    flushPending()
  })
}

/** How many ends are on the list: one that is itself there looks before it has all of it flushed. */
export function pendingEnds(): number {
  return holding.length
}

export function flushPending(): void {
  while (holding.length > 0) (holding.pop() as Holding).flushHeld()
}
