import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { chooseAccelerator, parseGuestOptions } from '@spsc/qemu'
import test, { type ExecutionContext } from 'ava'
import { assertNothingLeft, folder, machine } from './guests.js'

/** A file tree of a machine with a device for KVM, whose CPU has these flags; without them there is no cpuinfo. */
function tree(t: ExecutionContext, flags: string | undefined): string {
  const root = folder(t)
  for (const name of ['proc', 'dev']) mkdirSync(join(root, name))
  const cpuinfo = `processor\t: 0\nflags\t\t: fpu ${flags} sse\n`
  if (flags !== undefined) writeFileSync(join(root, 'proc/cpuinfo'), cpuinfo)
  writeFileSync(join(root, 'dev/kvm'), '')
  return root
}

const BOOTS = `echo 'Kernel panic - not syncing: VFS: Unable to mount root fs' >"$console"`

async function chosen(t: ExecutionContext, behaviour: string, flags: string | undefined, accel: string) {
  const there = machine(t, behaviour)
  const notes: string[] = []
  const guest = parseGuestOptions({ accel, kernel: there.kernel })
  const onFallback = (note: string) => notes.push(note)
  const choice = chooseAccelerator({ guest, kernel: there.kernel, onFallback, root: tree(t, flags), limitS: 1 })
  const result = await choice.catch((error) => error)
  assertNothingLeft(t, there)
  return { result, notes, booted: there.pids().length }
}

test.serial('KVM is taken where a kernel was seen to boot on it', async (t) => {
  t.like(await chosen(t, BOOTS, 'vmx', 'auto'), { result: 'kvm', notes: [], booted: 1 })
  t.like(await chosen(t, BOOTS, 'svm', 'kvm'), { result: 'kvm' })
})

test.serial('KVM that hangs gives way to translation, and the reader knows', async (t) => {
  const { result, notes } = await chosen(t, 'exec sleep 60', 'vmx', 'auto')
  t.is(result, 'tcg')
  t.regex(notes.join(), /did not boot within 1 s.*translated/)
})

test.serial('KVM that was asked for and hangs is an error', async (t) => {
  const { result } = await chosen(t, 'exec sleep 60', 'vmx', 'kvm')
  t.like(result, { code: 'ERR_CAPABILITY' })
  t.regex(result.message, /--accel kvm can't be had here: a guest on KVM did not boot within 1 s/)
})

test.serial('without the CPU’s flag a device for KVM is not even tried', async (t) => {
  t.like(await chosen(t, BOOTS, 'sse2', 'auto'), { result: 'tcg', booted: 0 })
  t.regex((await chosen(t, BOOTS, 'sse2', 'kvm')).result.message, /no flag vmx or svm/)
  t.like(await chosen(t, BOOTS, undefined, 'auto'), { result: 'tcg', booted: 0 })
})

test.serial('without a device for KVM translation is taken, and the lack is no news', async (t) => {
  const there = machine(t, BOOTS)
  const guest = parseGuestOptions({ kernel: there.kernel })
  const options = { guest, kernel: there.kernel, onFallback: (note: string) => t.fail(note), root: folder(t) }
  t.is(await chooseAccelerator(options), 'tcg')
  const asked = { ...options, guest: { ...guest, accel: 'kvm' as const } }
  const message = /--accel kvm can't be had here: .*\/dev\/kvm.*; allowed: tcg, and auto/
  await t.throwsAsync(chooseAccelerator(asked), { code: 'ERR_CAPABILITY', message })
  t.deepEqual(there.pids(), [])
})

test.serial('KVM that boots nothing gives way to translation, with what the emulator said', async (t) => {
  const failing = "echo 'ioctl(KVM_CREATE_VM) failed: 16' >&2; exit 1"
  const { result, notes } = await chosen(t, failing, 'vmx', 'auto')
  t.is(result, 'tcg')
  t.regex(notes.join(), /did not boot: ioctl\(KVM_CREATE_VM\) failed: 16: the guest's instructions are translated/)
  t.regex((await chosen(t, 'echo Booting >"$console"', 'vmx', 'auto')).notes.join(), /did not boot: it said nothing/)
})

test.serial('a trial of KVM that is cancelled ends at once', async (t) => {
  const there = machine(t, 'exec sleep 60')
  const controller = new AbortController()
  const guest = parseGuestOptions({ kernel: there.kernel })
  const onFallback = (note: string) => t.fail(note)
  const { signal } = controller
  const choice = chooseAccelerator({
    guest,
    kernel: there.kernel,
    onFallback,
    root: tree(t, 'vmx'),
    limitS: 60,
    signal,
  })
  const deadline = performance.now() + 30_000
  while (there.pids().length === 0 && performance.now() < deadline) await setTimeout(20)
  controller.abort()
  await t.throwsAsync(choice, { code: 'ERR_CANCELLED' })
  assertNothingLeft(t, there)
})

test.serial('translation that was asked for is taken without a trial', async (t) => {
  t.like(await chosen(t, BOOTS, 'vmx', 'tcg'), { result: 'tcg', booted: 0 })
})
