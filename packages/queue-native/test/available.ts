import { allowedCpus } from '@spsc/queue-native'
import test, { type ExecutionContext } from 'ava'

type Body = (t: ExecutionContext) => void | Promise<void>

/** ava's `test`, unless there is a reason against it, which then stands in the title of the test that is left out. */
export function testUnless(reason: string | undefined, title: string, body: Body): void {
  if (reason === undefined) test(title, body)
  else test.skip(`${title} (${reason})`, body)
}

/** Why the addon can't be tested here, if it can't. */
function missing(): string | undefined {
  try {
    allowedCpus()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** For tests of the addon. */
export function testNative(title: string, body: Body): void {
  testUnless(missing(), title, body)
}
