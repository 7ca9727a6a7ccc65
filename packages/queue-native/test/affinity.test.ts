import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { allowedCpus, pinThread } from '@spsc/queue-native'
import { testNative as test } from './available.js'

function allowedOf(tid: string): string | undefined {
  return /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(`/proc/self/task/${tid}/status`, 'utf8'))?.[1]
}

test('the allowed CPUs are those of the process', (t) => {
  t.true(allowedCpus().length > 0)
  t.deepEqual(
    allowedCpus(),
    [...allowedCpus()].sort((a, b) => a - b),
  )
})

test('a CPU that is not allowed is refused, with the allowed ones named', (t) => {
  t.throws(() => pinThread(4096), {
    code: 'ERR_CPU',
    message: /cpu is 4096; allowed: the CPUs this process may use \(\d/,
  })
})

test('a thread that there is not is not pinned, and named', (t) => {
  // The kernel numbers threads up to 2^22.
  const cpu = allowedCpus()[0] as number
  t.throws(() => pinThread(cpu, 2 ** 22 + 1), {
    code: 'ERR_CAPABILITY',
    message: `[spsc] [queue-native] the kernel refused to pin thread 4194305 to CPU ${cpu}`,
  })
})

test('a thread is pinned by its kernel id', (t) => {
  const program = `
    import { pinThread, allowedCpus } from '@spsc/queue-native'
    import { readFileSync } from 'node:fs'
    pinThread(allowedCpus().at(-1), process.pid)
    console.log(/Cpus_allowed_list:\\s*(\\S+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])`
  const options = { encoding: 'utf8', cwd: new URL('..', import.meta.url) } as const
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], options)
  t.is(output.trim(), String(allowedCpus().at(-1)))
  t.not(allowedOf(readlinkSync('/proc/thread-self').split('/').at(-1) as string), undefined)
})
