import { differences, fingerprint } from '@spsc/perf'
import test from 'ava'
import { tree } from './files.js'
import { CONTAINER, LAPTOP, VM } from './machines.js'

test('a machine has the same fingerprint however often it is taken and however busy it is', async (t) => {
  const busy = { '/proc/loadavg': '9.00 9 9 9/900 1', '/proc/stat': 'cpu  900 0 0 0 0 0 0 800 0 0' }
  const first = await fingerprint(tree(t, LAPTOP))
  t.deepEqual(await fingerprint(tree(t, { ...LAPTOP, ...busy })), first)
  t.regex(first.id, /^[0-9a-f]{12}$/)
  t.deepEqual(differences(first, first), [])
})

test('it is plain data: JSON gives it back', async (t) => {
  const taken = await fingerprint(tree(t, VM))
  t.deepEqual(JSON.parse(JSON.stringify(taken)), taken)
})

test('what differs is named field by field, and the ids differ', async (t) => {
  const laptop = await fingerprint(tree(t, LAPTOP))
  const container = await fingerprint(tree(t, CONTAINER))
  t.not(container.id, laptop.id)
  t.deepEqual(differences(laptop, container), [
    'cpus_allowed: [0,1,2,3] → [1,3]',
    'cpu_quota: none → 1.5',
    'memory_limit_mib: none → 256',
  ])
})

test('unknown against known is a difference; unknown for two reasons is none', async (t) => {
  const files: Record<string, string> = { ...LAPTOP, '/proc/self/timerslack_ns': 'much' }
  const garbled = await fingerprint(tree(t, files))
  delete files['/proc/self/timerslack_ns']
  const absent = await fingerprint(tree(t, files))
  t.is(garbled.id, absent.id)
  t.deepEqual(differences(garbled, absent), [])
  t.deepEqual(differences(await fingerprint(tree(t, LAPTOP)), garbled), [
    'timer_slack_ns: 50000 → unavailable (/proc/self/timerslack_ns holds no integer: "much")',
  ])
})

test('a field that an older fingerprint lacks is a difference', async (t) => {
  const taken = await fingerprint(tree(t, LAPTOP))
  const { v8: _, ...older } = taken
  t.deepEqual(differences(older as typeof taken, taken), [`v8: absent → ${process.versions.v8}`])
})
