import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { folder, folderWith, refused, spsc } from './spsc.js'

const GUEST = ['run', 'baseline', '--in', 'qemu', '--queue', 'native']

test('a guest without QEMU is refused with the package and the command, exit code 5, and nothing is measured', async (t) => {
  await refused(t, GUEST, /package qemu-system-x86; run `npx spsc qemu setup`/, {
    code: 5,
    env: { PATH: folder(t), XDG_CACHE_HOME: folder(t) },
  })
})

for (const [what, args, message] of [
  ['an option of a guest without one', ['run', '--guest-cpus', '2'], /--guest-cpus is of a guest; add --in qemu/],
  ['a ground that is none', ['run', '--in', 'moon'], /--in <where>.*host, qemu/],
  ['a mode that is none', [...GUEST, '--mode', 'fast'], /--mode <how>.*smp, deterministic/],
  ['no CPU', [...GUEST, '--guest-cpus', '0'], /--guest-cpus is "0"; allowed/],
  ['memory that is no size', [...GUEST, '--guest-memory', '8x'], /--guest-memory is "8x"; allowed/],
  ['memory in which Node gets nowhere', [...GUEST, '--guest-memory', '96'], /allowed in mode smp: 128 to \d+ MiB/],
  ['a time limit that is none', [...GUEST, '--guest-timeout', 'x'], /--guest-timeout is "x"; allowed/],
  ['two CPUs in mode deterministic', [...GUEST, '--mode', 'deterministic', '--guest-cpus', '2'], /allowed: 1/],
  ['a CPU that the guest has not', [...GUEST, '--pin-producer', '5'], /the guest has CPUs 0 to 1/],
  [
    'a scenario that needs two CPUs in mode deterministic',
    ['run', 'affinity', '--in', 'qemu', '--mode', 'deterministic'],
    /the guest has one CPU, 0; measure it with --mode smp/,
  ],
  ['a resumed deterministic run', [...GUEST, '--mode', 'deterministic', '--resume'], /exclude each other/],
  ['an unknown part of qemu', ['qemu', 'start'], /Allowed choices are setup/],
] as const) {
  test(`${what} is refused`, async (t) => {
    await refused(t, args, message)
  })
}

test('a ground that is none is refused in the environment too', async (t) => {
  await refused(t, ['run'], /SPSC_IN is "moon"; allowed: host, qemu/, { env: { SPSC_IN: 'moon' } })
})

test('a sweep of a guest knows its options', async (t) => {
  await refused(t, ['sweep', '--in', 'qemu', '--guest-memory', '1'], /--guest-memory is "1"; allowed/)
})

test('a Ctrl-C during boot ends with 130, and leaves no file', async (t) => {
  const bin = folderWith(t, {
    'qemu-system-x86_64':
      '#!/bin/sh\n[ "$1" = --version ] && { echo version 9.9; exit; }\n: >"$BOOTED"; exec sleep 60\n',
    mke2fs: '#!/bin/sh\nfor a; do case $a in */image) : >"$a" ;; esac; done\n',
  })
  for (const name of readdirSync(bin)) chmodSync(join(bin, name), 0o755)
  const [cwd, temporary, booted] = [folder(t), folder(t), join(bin, 'booted')]
  const kernel = Buffer.alloc(1280)
  kernel[0x1f1] = 1
  kernel.write('HdrS', 0x202, 'latin1')
  writeFileSync(join(bin, 'vmlinuz'), kernel)
  const env = { PATH: `${bin}:${process.env.PATH}`, XDG_CACHE_HOME: folder(t), TMPDIR: temporary, BOOTED: booted }
  const { code, stdout, stderr } = await spsc([...GUEST, '--accel', 'tcg', '--kernel', join(bin, 'vmlinuz')], {
    ...{ cwd, env },
    onStart: (child) => {
      const poll = setInterval(() => {
        if (!existsSync(booted)) return
        clearInterval(poll)
        child.kill('SIGINT')
      }, 50)
      child.on('exit', () => clearInterval(poll))
    },
  })
  t.like({ code, stdout }, { code: 130, stdout: '' }, stderr)
  t.regex(stderr, /interrupted before anything was measured\n$/)
  t.deepEqual(readdirSync(temporary), [])
  t.deepEqual(readdirSync(join(cwd, 'result_data')), [])
})
