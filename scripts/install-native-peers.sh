#!/bin/sh
# Installs the queues that `npm run bench:native` compares ours with, as Debian packages: boost, Concurrency Kit, DPDK.
# A peer that can't be installed is no failure: the benchmark says which are missing and leaves them out.
set -u

packages='libboost-dev libck-dev libdpdk-dev'

say() { echo "[spsc] [bench] $*" >&2; }

skip() {
  say "$*; the benchmark leaves out what is missing"
  exit 0
}

installed() { dpkg-query --show --showformat='${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$'; }

command -v apt-get >/dev/null 2>&1 || skip 'no apt-get here: native peers come as Debian packages'

missing=''
for package in $packages; do
  installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || {
  say "all there: $packages"
  exit 0
}
[ "$(id -u)" -eq 0 ] || skip "not root: run \`sudo $0\` to install$missing"

apt-get update -qq || say 'package lists could not be updated; trying with those at hand'
for package in $missing; do
  DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "$package" >/dev/null &&
    say "installed $package" ||
    say "$package could not be installed; the benchmark leaves it out"
done
exit 0
