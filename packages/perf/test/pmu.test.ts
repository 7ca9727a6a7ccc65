import { readPmu } from '@spsc/perf'
import test from 'ava'
import { program } from './files.js'

// What perf itself says in each case, from a script in its place.
for (const [name, script, expected] of [
  ['counts cycles', 'echo "731245,,cycles,511000,100.00,," >&2', { cycles: true }],
  ['counts cycles outside the kernel', 'echo "731245,,cycles:u,511000,100.00,," >&2', { cycles: true }],
  [
    'has no counters',
    'echo "<not supported>,,cycles,0,100.00,," >&2',
    { unavailable: 'perf counts no cycles here: <not supported>', cause: 'not supported' },
  ],
  [
    'may not count',
    'echo "Error: Access to performance monitoring and observability operations is limited." >&2; exit 255',
    { unavailable: 'perf may not count for this user', cause: 'forbidden' },
  ],
  [
    'does not fit the kernel',
    'echo "perf not found for kernel 6.1" >&2; exit 2',
    { unavailable: 'perf stat counts no cycles: perf not found for kernel 6.1', cause: 'failed' },
  ],
  [
    'was never scheduled',
    'echo "<not counted>,,cycles,0,0.00,," >&2',
    { unavailable: 'perf stat counts no cycles: <not counted>', cause: 'failed' },
  ],
  ['says nothing', 'exit 3', { unavailable: 'perf stat counts no cycles: exit code 3', cause: 'failed' }],
] as const) {
  test(`a perf that ${name}`, async (t) => {
    t.deepEqual(await readPmu(program(t, script)), expected)
  })
}

test('no perf at all', async (t) => {
  t.deepEqual(await readPmu('/nonexistent/perf'), {
    unavailable: '/nonexistent/perf is not installed',
    cause: 'absent',
  })
})
