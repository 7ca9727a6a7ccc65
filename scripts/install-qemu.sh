#!/bin/sh
# Installs what `spsc run --in qemu` needs beside a kernel, as Debian packages: the emulator, and what makes file systems.
# What can't be installed is no failure: what needs a guest is left out. The kernel is fetched by `spsc qemu setup`.
#   scripts/install-qemu.sh [SECONDS]    gives up downloading after so many, 600 unless told
set -u
. "$(dirname "$0")/debian-packages.sh"
install_packages qemu 'nothing runs in a guest' "${1:-600}" qemu-system-x86 e2fsprogs
