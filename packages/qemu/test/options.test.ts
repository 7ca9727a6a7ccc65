import { parseGuestOptions } from '@spsc/qemu'
import test from 'ava'

test('a guest has two CPUs and 512 MiB where nobody says', (t) => {
  t.deepEqual(parseGuestOptions({}), { mode: 'smp', cpus: 2, memoryMib: 512, accel: 'auto' })
})

test('a deterministic guest has one CPU', (t) => {
  t.like(parseGuestOptions({ mode: 'deterministic' }), { mode: 'deterministic', cpus: 1, memoryMib: 1024 })
})

for (const [text, mib] of [
  ['512', 512],
  ['512M', 512],
  ['512MiB', 512],
  ['1G', 1024],
  ['1g', 1024],
] as const) {
  test(`--guest-memory ${text} is ${mib} MiB`, (t) => {
    t.is(parseGuestOptions({ 'guest-memory': text }).memoryMib, mib)
  })
}

for (const [text, seconds] of [
  ['90', 90],
  ['90s', 90],
  ['2m', 120],
] as const) {
  test(`--guest-timeout ${text} is ${seconds} s`, (t) => {
    t.is(parseGuestOptions({ 'guest-timeout': text }).timeoutS, seconds)
  })
}

for (const [option, texts] of [
  ['mode', ['', 'SMP', 'x']],
  ['accel', ['', 'hvf', '1']],
  ['guest-cpus', ['0', '-1', '1.5', '65', '1e9', '', 'two', 'NaN']],
  ['guest-memory', ['0', '8', '8x', '-512', '1e9', '99999G', '', 'NaN']],
  ['guest-timeout', ['0', '-1', 'x', '', '8d', '1e20']],
] as const) {
  for (const text of texts) {
    test(`--${option} ${JSON.stringify(text)} is refused, with what is allowed`, (t) => {
      const error = t.throws(() => parseGuestOptions({ [option]: text }), { code: 'ERR_OPTION' })
      t.regex(error?.message ?? '', new RegExp(`^\\[spsc\\] \\[qemu\\] --${option} is .*; allowed`))
    })
  }
}

test('a deterministic guest has no second CPU and no KVM', (t) => {
  t.throws(() => parseGuestOptions({ mode: 'deterministic', 'guest-cpus': '2' }), { message: /allowed: 1 in mode/ })
  t.throws(() => parseGuestOptions({ mode: 'deterministic', accel: 'kvm' }), { message: /allowed in mode determ/ })
})
