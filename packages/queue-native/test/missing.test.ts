import { execFileSync } from 'node:child_process'
import test from 'ava'

test('where there is no addon for a machine, the package loads, and what needs it says how to get it or do without', (t) => {
  // As on a machine of another kind.
  const program = `
    Object.defineProperty(process, 'arch', { value: 'mips' })
    const { default: native, allowedCpus } = await import('@spsc/queue-native')
    try {
      allowedCpus()
    } catch ({ code, message }) {
      console.log(JSON.stringify([native.name, code, message]))
    }`
  const options = { encoding: 'utf8', cwd: new URL('..', import.meta.url) } as const
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], options)
  const [name, code, message] = JSON.parse(output) as string[]
  t.deepEqual([name, code], ['native', 'ERR_CAPABILITY'])
  t.regex(
    message ?? '',
    /^\[spsc\] \[queue-native\] spsc-\w+-mips\.node can't be loaded: [^\n]+; build it with npm run/,
  )
  t.regex(message ?? '', /or use --queue sab$/)
})
