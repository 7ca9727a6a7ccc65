#!/bin/sh
# Installs Debian's Chromium, which `npm run test:runtimes` and the browser example's test open without a window.
# What can't be installed is no failure: both say what they leave out.
#   scripts/install-chromium.sh [SECONDS]    gives up downloading after so many, 600 unless told
set -u
. "$(dirname "$0")/debian-packages.sh"
install_packages chromium 'nothing runs in a browser' "${1:-600}" chromium
