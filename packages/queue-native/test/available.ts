import { allowedCpus } from '@spsc/queue-native'
import test, { type ExecutionContext } from 'ava'

/** Why the addon can't be tested here, if it can't. */
function missing(): string | undefined {
  try {
    allowedCpus()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** ava's `test` where the addon is built; elsewhere the reason stands in the title of each test that is left out. */
export function testNative(title: string, body: (t: ExecutionContext) => void | Promise<void>): void {
  const reason = missing()
  if (reason === undefined) test(title, body)
  else test.skip(`${title} (${reason})`, body)
}
