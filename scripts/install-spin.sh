#!/bin/sh
# Installs Debian's Spin, which verifies the models of packages/queue-sab/test/spin, and the C compiler that it wants.
# What can't be installed is no failure: the tests say what they leave out.
#   scripts/install-spin.sh [SECONDS]    gives up downloading after so many, 600 unless told
set -u
. "$(dirname "$0")/debian-packages.sh"
install_packages spin 'the models are not verified' "${1:-600}" spin gcc libc6-dev
