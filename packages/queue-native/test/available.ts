import { allowedCpus } from '@spsc/queue-native'
import test, { type ExecutionContext } from 'ava'

type Body = (t: ExecutionContext) => void | Promise<void>

/** Why the addon can't be tested here, if it can't. */
function missing(): string | undefined {
  try {
    allowedCpus()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** ava's function where the addon is built; elsewhere the reason stands in the title of each test that is left out. */
function whereBuilt(register: Pick<typeof test, 'skip'> & ((title: string, body: Body) => void)) {
  return (title: string, body: Body): void => {
    const reason = missing()
    if (reason === undefined) register(title, body)
    else register.skip(`${title} (${reason})`, body)
  }
}

export const testNative = whereBuilt(test)

/** For tests that load the machine: one after another. */
export const testNativeSerially = whereBuilt(test.serial)
