/** Said on the console when the guest's work is over, with the exit code of it. */
export const ENDED = 'spsc-guest-ended'

/**
 * The first process of the guest.
 *
 * @param entry the program to run, a path of the guest
 * @param libraries folders of shared libraries: the guest has no cache of them
 */
export function initScript(entry: string, libraries: readonly string[]): string {
  return `#!/bin/sh
export PATH=/bin HOME=/tmp SPSC_IS_GUEST=1 LD_LIBRARY_PATH=${libraries.join(':')}
mount -t proc proc /proc
mount -t sysfs sys /sys
[ -c /dev/null ] || mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
cd /tmp
node ${entry} >/dev/console 2>&1 </dev/null
echo "${ENDED} $?" >/dev/console
echo o >/proc/sysrq-trigger
while :; do read -r _; done
`
}
