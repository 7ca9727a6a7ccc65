// No arm64 Node is needed for any of this: the addon is looked at, and the rings are run without it.
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { testUnless } from './available.js'

const toolchain = new URL('../scripts/toolchain.mjs', import.meta.url).href
const { whyNotEmulated } = (await import(toolchain)) as { whyNotEmulated: () => string | undefined }

const noReadelf = spawnSync('readelf', ['--version']).status === 0 ? undefined : 'no readelf here'
const readelf = (file: string, option: string) =>
  execFileSync('readelf', ['--wide', option, file], { encoding: 'utf8' })

/** What an addon finds in the oldest Node that it is made for. */
const { js_native_api_symbols, node_api_symbols } = createRequire(import.meta.url)('node-api-headers').symbols.v8
const nodeApi: string[] = [...js_native_api_symbols, ...node_api_symbols]

/** What stands in the first group of `pattern`, once per match. */
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] as string)

const machines = [
  ['x64', 'Advanced Micro Devices X86-64'],
  ['arm64', 'AArch64'],
] as const

for (const [arch, machine] of machines) {
  const file = fileURLToPath(new URL(`spsc-linux-${arch}.node`, import.meta.resolve('@spsc/queue-native')))
  const reason = existsSync(file) ? noReadelf : 'not built here'

  testUnless(
    reason,
    `the addon for ${arch} is a shared object for that machine, with the entry that Node calls`,
    (t) => {
      const header = readelf(file, '--file-header')
      t.regex(header, /Class: +ELF64\n/)
      t.regex(header, /Type: +DYN /)
      t.deepEqual(all(header, /Machine: +(.*)\n/g), [machine])
      t.regex(readelf(file, '--dyn-syms'), / GLOBAL +DEFAULT +\d+ napi_register_module_v1$/m)
    },
  )

  testUnless(reason, `the addon for ${arch} needs Node-API 8 and the libraries of C and C++, and no more`, (t) => {
    const libraries = all(readelf(file, '--dynamic'), /\(NEEDED\).*\[(.*)\]/g)
    const foreign = libraries.filter(
      (name) => !/^(libstdc\+\+|libgcc_s|libm|libc|libpthread|ld-linux.*)\.so\./.test(name),
    )
    t.deepEqual(foreign, [])
    // As in `memcpy@GLIBC_2.17`: a symbol of a library carries its version.
    const symbols = all(readelf(file, '--dyn-syms'), / GLOBAL +DEFAULT +UND (\S+)/g)
    t.true(symbols.includes('napi_create_function'))
    const unknown = symbols.filter(
      (name) => !/@(GLIBC|GLIBCXX|CXXABI|GCC)_[\d.]+$/.test(name) && !nodeApi.includes(name),
    )
    t.deepEqual(unknown, [])
  })
}

testUnless(whyNotEmulated(), 'the headers pass their own tests in C++, built for arm64 and emulated', async (t) => {
  t.timeout(300_000)
  const program = fileURLToPath(new URL('cpp/run.mjs', import.meta.url))
  const args = [program, '--quick', '--arch', 'arm64']
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 280_000 })
  t.log(stdout.trim().split('\n').at(-1))
  t.pass()
})
