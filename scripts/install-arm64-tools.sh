#!/bin/sh
# Installs what an x86-64 machine needs to build the addon for arm64 and to run the C++ tests there, as Debian packages:
# a cross compiler, which brings the C and C++ libraries of arm64, and an emulator of single programs.
# What can't be installed is no failure: the build and the tests say what they leave out.
#   scripts/install-arm64-tools.sh [SECONDS]    gives up downloading after so many, 600 unless told
set -u
. "$(dirname "$0")/debian-packages.sh"
install_packages arm64 'what needs it is left out' "${1:-600}" g++-aarch64-linux-gnu qemu-user
