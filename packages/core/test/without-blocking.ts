/** Calls `action` in a thread that may not block, as a page's main thread. */
export function withoutBlocking(action: () => void): void {
  const wait = Atomics.wait
  Atomics.wait = () => {
    throw new TypeError('Atomics.wait cannot be called in this context')
  }
  try {
    action()
  } finally {
    Atomics.wait = wait
  }
}
