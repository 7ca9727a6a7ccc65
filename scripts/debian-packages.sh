# Read by scripts that install Debian packages which the project can do without: never fails, always says why not.
#
#   install_packages PART CONSEQUENCE SECONDS PACKAGE…
#
# PART is who speaks, CONSEQUENCE what follows from a missing package, SECONDS how long downloading may take in all.
# shellcheck shell=sh

say() { echo "[spsc] [$part] $*" >&2; }

skip() {
  say "$*; $consequence"
  exit 0
}

installed() { dpkg-query --show --showformat='${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$'; }

# What asks the network, and may hang there. Installing is left alone: cut short it would leave dpkg in pieces.
apt_online() {
  left=$((deadline - $(date +%s)))
  [ "$left" -gt 0 ] && timeout "$left" apt-get -qq -o Acquire::Retries=0 "$@" >/dev/null
}

install_packages() {
  part=$1 consequence=$2 deadline=$(($(date +%s) + $3))
  shift 3
  command -v apt-get >/dev/null 2>&1 || skip "no apt-get here: these are Debian packages: $*"

  missing=''
  for package in "$@"; do
    installed "$package" || missing="$missing $package"
  done
  [ -n "$missing" ] || {
    say "all there: $*"
    exit 0
  }
  [ "$(id -u)" -eq 0 ] || skip "not root: run \`sudo $0\` to install$missing"

  export DEBIAN_FRONTEND=noninteractive
  apt_online update || say 'package lists could not be updated; trying with those at hand'
  for package in $missing; do
    if apt_online install --yes --no-install-recommends --download-only "$package" &&
      apt-get install -qq --yes --no-install-recommends --no-download "$package" >/dev/null; then
      say "installed $package"
    else
      say "$package could not be installed; $consequence"
    fi
  done
  exit 0
}
