/**
 * Something that sleeps until the next of its times, which are `ms` apart. One that is missed is left out, as a sound card
 * does: those that follow are counted from now on.
 */
export function every(ms) {
  const nobody = new Int32Array(new SharedArrayBuffer(4))
  let due = performance.now()
  return () => {
    due = Math.max(due + ms, performance.now())
    Atomics.wait(nobody, 0, 0, due - performance.now())
  }
}
