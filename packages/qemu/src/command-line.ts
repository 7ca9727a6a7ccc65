import type { Accelerator, GuestMode } from '@spsc/core'

/** Files and figures that one boot is made of. */
export interface Boot {
  readonly mode: GuestMode
  readonly accelerator: Accelerator
  readonly cpus: number
  readonly memoryMib: number
  readonly kernel: string
  /** How fast the counter that the guest's clock goes by counts; absent: not known. */
  readonly tscKhz?: number | undefined
  /** An ext4 image, or in mode deterministic an initial RAM disk with the job in it. */
  readonly image: string
  /** In mode smp, a raw disk. */
  readonly job: string
  readonly answers: string
  readonly console: string
}

/** A comma ends a value in the emulator's options, and two are one. */
function escaped(path: string): string {
  return path.replaceAll(',', ',,')
}

/** Nothing that a default configuration or machine would add, and a guest that restarts is one that ends. */
const BARE = ['-no-user-config', '-nodefaults', '-display', 'none', '-no-reboot', '-M', 'q35']

const APPEND = 'console=ttyS0 quiet panic=-1 tsc=reliable'

function serial(name: string, path: string): string[] {
  return ['-chardev', `file,id=${name},path=${escaped(path)}`, '-serial', `chardev:${name}`]
}

/** One controller with several namespaces: their numbers don't depend on which is found first. */
function disks(boot: Boot): string[] {
  const names = ['image', 'job', 'answers'] as const
  const drives = names.flatMap((name, index) => [
    ...[
      '-drive',
      `if=none,id=${name},format=raw,file=${escaped(boot[name])},readonly=${name === 'answers' ? 'off' : 'on'}`,
    ],
    ...['-device', `nvme-ns,drive=${name},bus=disks,nsid=${index + 1}`],
  ])
  return ['-device', 'nvme,id=disks,serial=spsc', ...drives]
}

/**
 * Linux calibrates its clock as it boots. Translated on a busy machine it reads the interval timer (PIT) too slowly, and
 * believes it against the HPET: `PIT calibration deviates from HPET: 156049 2300009`, and time runs 15 times too fast. So
 * it is told. For the same reason it would not see its timer tick, and panic.
 */
function timers({ accelerator, tscKhz }: Boot): string {
  if (accelerator === 'kvm') return ''
  return tscKhz === undefined ? 'no_timer_check ' : `no_timer_check tsc_early_khz=${tscKhz} `
}

function smp(boot: Boot): string[] {
  const cpu = boot.accelerator === 'kvm' ? 'host' : 'max'
  const accel = boot.accelerator === 'kvm' ? 'kvm' : 'tcg,thread=multi'
  return [
    ...['-accel', accel, '-cpu', cpu, '-smp', String(boot.cpus)],
    ...serial('console', boot.console),
    ...disks(boot),
    // What unpacks the kernel says on the console only so that it can't.
    ...['-append', `root=/dev/nvme0n1 ro rootfstype=ext4 init=/init earlyprintk=ttyS0,115200 ${timers(boot)}${APPEND}`],
  ]
}

/**
 * Time is the number of instructions (`icount`), and leaps when the CPU is idle; nothing comes from outside: no disk,
 * no clock, no chance.
 */
function deterministic(boot: Boot): string[] {
  return [
    ...['-accel', 'tcg,thread=single', '-icount', 'shift=1,sleep=off', '-cpu', 'max', '-smp', '1'],
    ...['-rtc', 'clock=vm,base=2024-01-01T00:00:00', '-seed', '42'],
    ...serial('console', boot.console),
    ...serial('answers', boot.answers),
    ...['-initrd', boot.image],
    ...['-append', `rdinit=/init nokaslr ${APPEND}`],
  ]
}

/** Arguments of the emulator. */
export function qemuArguments(boot: Boot): string[] {
  return [
    ...BARE,
    ...['-m', `${boot.memoryMib}M`, '-kernel', boot.kernel],
    ...(boot.mode === 'smp' ? smp(boot) : deterministic(boot)),
  ]
}
