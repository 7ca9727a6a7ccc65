import { formatCpuList, parseCpuList } from '@spsc/core'
import test from 'ava'

for (const [list, cpus] of [
  ['0', [0]],
  ['0-3', [0, 1, 2, 3]],
  ['0-2,5,8-9', [0, 1, 2, 5, 8, 9]],
  ['', []],
] as const) {
  test(`${JSON.stringify(list)} is the set [${cpus}], and back`, (t) => {
    t.deepEqual(parseCpuList(list), [...cpus])
    t.is(formatCpuList(cpus), list)
  })
}
