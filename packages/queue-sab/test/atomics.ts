type Operation = (words: Int32Array, index: number, ...values: number[]) => unknown

/**
 * Runs `action`, which must be synchronous, with one operation of this thread's Atomics replaced by what `replace`
 * makes of it.
 */
export function withAtomics<Result>(
  name: 'wait' | 'exchange',
  replace: (original: Operation) => Operation,
  action: () => Result,
): Result {
  const original = Atomics[name] as Operation
  const atomics = Atomics as unknown as Record<string, Operation>
  atomics[name] = replace(original)
  try {
    return action()
  } finally {
    atomics[name] = original
  }
}

/** As on a thread that may not block. */
export function withoutBlocking<Result>(action: () => Result): Result {
  const refuse = () => () => {
    throw new TypeError('Atomics.wait cannot be called in this context')
  }
  return withAtomics('wait', refuse, action)
}
