import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isUnavailable } from '@spsc/core'
import { readCgroup, readCpus, readKernel, readLimits, readLoad, readVirtual, stealDuring } from '@spsc/perf'
import test from 'ava'
import { type Files, tree } from './files.js'
import { CONTAINER, CONTAINER_V1, LAPTOP, VM } from './machines.js'

test('CPUs of a laptop: siblings, isolated, governors of the allowed ones', (t) => {
  t.deepEqual(readCpus(tree(t, LAPTOP)), {
    model: 'Intel(R) Core(TM) i7-1165G7 @ 2.80GHz',
    online: [0, 1, 2, 3],
    allowed: [0, 1, 2, 3],
    isolated: [3],
    packages: [[0, 1, 2, 3]],
    cores: [
      [0, 2],
      [1, 3],
    ],
    nodes: [[0, 1, 2, 3]],
    governors: ['performance', 'powersave'],
  })
})

test('CPUs of a virtual machine: nodes in order, one without CPUs left out, no governor to be seen', (t) => {
  const cpus = readCpus(tree(t, VM))
  t.deepEqual(cpus.nodes, [
    [0, 1],
    [2, 3],
  ])
  t.deepEqual(cpus.packages, [
    [0, 1],
    [2, 3],
  ])
  t.deepEqual(cpus.isolated, [])
  t.regex((cpus.governors as { unavailable: string }).unavailable, /scaling_governor/)
})

test('governors are those of the allowed CPUs alone', (t) => {
  t.deepEqual(readCpus(tree(t, { ...CONTAINER, ...allowed('3') })).governors, ['performance'])
})

function allowed(list: string) {
  return { '/proc/self/status': `CapEff:\t00\nCpus_allowed_list:\t${list}` }
}

test('the kernel of a laptop, and of a virtual machine', (t) => {
  t.deepEqual(readKernel(tree(t, LAPTOP)), {
    release: '6.12.9-amd64',
    preemption: 'voluntary',
    clock_source: 'tsc',
    timer_slack_ns: 50_000,
    perf_event_paranoid: 3,
    may_watch_all: false,
  })
  t.like(readKernel(tree(t, VM)), { preemption: 'realtime', clock_source: 'kvm-clock', may_watch_all: true })
})

test('the mode of preemption is what debugfs has in parentheses, whatever was chosen at boot', (t) => {
  const root = tree(t, { ...LAPTOP, '/sys/kernel/debug/sched/preempt': 'none voluntary (full) lazy' })
  t.is(readKernel(root).preemption, 'full')
})

test('a dynamic mode of preemption that nothing tells is unavailable', (t) => {
  const root = tree(t, { ...LAPTOP, '/proc/cmdline': 'quiet' })
  t.regex((readKernel(root).preemption as { unavailable: string }).unavailable, /sched\/preempt/)
})

test('a number that is none is unavailable', (t) => {
  const root = tree(t, { '/proc/self/timerslack_ns': 'much' })
  t.deepEqual(readKernel(root).timer_slack_ns, { unavailable: '/proc/self/timerslack_ns holds no integer: "much"' })
})

test('a hypervisor is named by the clocks it offers, its firmware or Xen; without the flag there is none', (t) => {
  const hypervisor = (files: Files) => readVirtual(tree(t, files)).hypervisor
  const guest = { '/proc/cpuinfo': 'flags\t\t: fpu hypervisor tsc' }
  t.is(hypervisor(VM), 'kvm')
  t.is(hypervisor(LAPTOP), 'none')
  t.is(hypervisor({ ...guest, '/sys/class/dmi/id/sys_vendor': 'VMware, Inc.' }), 'vmware')
  t.is(
    hypervisor({
      ...guest,
      '/sys/class/dmi/id/sys_vendor': 'Microsoft Corporation',
      '/sys/class/dmi/id/product_name': 'Virtual Machine',
    }),
    'hyper-v',
  )
  t.is(hypervisor({ ...guest, '/sys/hypervisor/type': 'xen' }), 'xen')
  t.is(hypervisor(guest), 'unknown')
})

test('on a CPU without that flag, no name means not known', (t) => {
  const arm = { '/proc/cpuinfo': 'Features\t: fp asimd' }
  t.true(isUnavailable(readVirtual(tree(t, arm)).hypervisor))
  t.is(readVirtual(tree(t, { ...arm, '/sys/class/dmi/id/sys_vendor': 'QEMU' })).hypervisor, 'kvm')
})

test('KVM is usable where its device can be opened', (t) => {
  t.is(readVirtual(tree(t, LAPTOP)).kvm, true)
  t.deepEqual(readVirtual(tree(t, VM)).kvm, { unavailable: 'no /dev/kvm', cause: 'absent' })
})

test('no limit is none, and without control groups it is unavailable', (t) => {
  t.deepEqual(readCgroup(tree(t, LAPTOP)), { cpu_quota: 'none', memory_limit_mib: 'none' })
  const { cpu_quota, memory_limit_mib } = readCgroup(tree(t, { ...LAPTOP, '/proc/self/mounts': 'proc /proc proc rw' }))
  t.deepEqual(cpu_quota, { unavailable: 'no control group for cpu is mounted' })
  t.deepEqual(memory_limit_mib, { unavailable: 'no control group for memory is mounted' })
})

test('a container’s limits are found at the mount point, where its group’s name is the host’s', (t) => {
  t.deepEqual(readCgroup(tree(t, CONTAINER)), { cpu_quota: 1.5, memory_limit_mib: 256 })
})

test('of several limits on the way up the tightest counts, in both versions', (t) => {
  t.deepEqual(readCgroup(tree(t, CONTAINER_V1)), { cpu_quota: 0.5, memory_limit_mib: 'none' })
  const root = tree(t, { ...CONTAINER, '/sys/fs/cgroup/docker/cpu.max': '20000 100000' })
  t.is(readCgroup(root).cpu_quota, 0.2)
})

test('limits are the soft ones', (t) => {
  t.deepEqual(readLimits(tree(t, LAPTOP)), { memlock_bytes: 8388608, realtime_priority: 0 })
  t.deepEqual(readLimits(tree(t, VM)), { memlock_bytes: 'unlimited', realtime_priority: 99 })
})

test('the load is that of the last minute', (t) => {
  t.is(readLoad(tree(t, LAPTOP)), 0.25)
})

test('steal is its share of the ticks while something ran', async (t) => {
  const root = tree(t, LAPTOP)
  let end = () => {}
  const work = new Promise<void>((resolve) => {
    end = resolve
  })
  const steal = stealDuring(work, root)
  // 200 ticks more: 150 of ours, 40 idle, 10 stolen; guest times are part of user time already.
  writeFileSync(join(root, '/proc/stat'), 'cpu  250 0 100 840 0 0 0 10 99 99\n')
  end()
  t.deepEqual(await steal, { share: 0.05, ticks: 200 })
})

test('a window of too few ticks gives no share', async (t) => {
  const steal = await stealDuring(Promise.resolve(), tree(t, LAPTOP), 0)
  t.deepEqual(steal, { unavailable: '/proc/stat counted 0 ticks in 0 s; 100 are needed' })
})

test('a kernel that counts no steal, and one that stops to, say so', async (t) => {
  const old = tree(t, { ...LAPTOP, '/proc/stat': 'cpu  100 0 50 800 0 0 0\n' })
  t.deepEqual(await stealDuring(Promise.resolve(), old), { unavailable: 'this kernel does not count steal' })
  const root = tree(t, LAPTOP)
  const work = new Promise<void>((resolve) => setImmediate(resolve))
  const steal = stealDuring(work, root)
  rmSync(join(root, '/proc/stat'))
  t.regex(JSON.stringify(await steal), /"unavailable":"no \/proc\/stat/)
})

test('what is there and is no file can not be read, by the error of the system', (t) => {
  const root = tree(t, { '/proc/loadavg/x': '' })
  t.deepEqual(readLoad(root), { unavailable: "/proc/loadavg can't be read: EISDIR" })
})

test('a device of KVM that can not be opened is forbidden, not absent', (t) => {
  const { kvm } = readVirtual(tree(t, { ...VM, '/dev/kvm/x': '' }))
  t.deepEqual(kvm, { unavailable: "/dev/kvm can't be opened: EISDIR", cause: 'forbidden' })
})

test('where nothing can be read, every figure says which file', async (t) => {
  const root = tree(t, {})
  rmSync(root, { recursive: true })
  const figures = {
    ...readCpus(root),
    ...readKernel(root),
    ...readVirtual(root),
    ...readCgroup(root),
    ...readLimits(root),
    load: readLoad(root),
    steal: await stealDuring(Promise.resolve(), root),
  }
  t.is(Object.keys(figures).length, 22)
  for (const [name, figure] of Object.entries(figures)) {
    t.true(isUnavailable(figure), name)
    t.regex((figure as { unavailable: string }).unavailable, /\/(proc|sys|dev)\//, name)
  }
})
