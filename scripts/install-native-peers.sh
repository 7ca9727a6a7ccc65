#!/bin/sh
# Installs the queues that `npm run bench:native` compares ours with, as Debian packages: boost, Concurrency Kit, DPDK.
# A peer that can't be installed is no failure: the benchmark says which are missing and leaves them out.
set -u
. "$(dirname "$0")/debian-packages.sh"
install_packages bench 'the benchmark leaves out what is missing' 600 libboost-dev libck-dev libdpdk-dev
