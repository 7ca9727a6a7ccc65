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

type Register = Pick<typeof test, 'skip'> & ((title: string, body: Body) => void)

/** A function of ava's, unless there is a reason against it, which then stands in the title of what is left out. */
function unless(reason: () => string | undefined, register: Register) {
  return (title: string, body: Body): void => {
    const why = reason()
    if (why === undefined) register(title, body)
    else register.skip(`${title} (${why})`, body)
  }
}

export function testUnless(reason: string | undefined, title: string, body: Body): void {
  unless(() => reason, test)(title, body)
}

/** For tests of the addon. */
export const testNative = unless(missing, test)

/** For tests of the addon that load the machine: one after another. */
export const testNativeSerially = unless(missing, test.serial)
