#!/bin/sh
# Installs Debian's Clang with libFuzzer, which feeds the headers of packages/queue-native with memory that it makes up as
# their branches lead it. What can't be installed is no failure: `npm run prove -- libfuzzer` says what it leaves out.
#   scripts/install-libfuzzer.sh [SECONDS]    gives up downloading after so many, 600 unless told
set -u
. "$(dirname "$0")/debian-packages.sh"
install_packages libfuzzer 'the headers are not fuzzed by libFuzzer' "${1:-600}" clang libclang-rt-dev
