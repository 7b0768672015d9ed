#!/usr/bin/env bash
# Installs what the peers are made of, for all clones, under ${EXPORTS_CACHE:-${XDG_CACHE_HOME:-~/.cache}/exports}:
#   peers-<key>/node_modules   what the programs need
#   pstest-<key>/pstest        Google's fake of Pub/Sub, only where Google's emulator is missing or EXPORTS_PUBSUB=pstest
# The keys follow from the lock file and the source, so nothing there is ever out of date. Does nothing when all is there.
# Prints where the first is (with --where only that). --missing prints the Debian packages that are needed for it and not there.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)/programs
cache="${EXPORTS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/exports}"
emulator=/usr/lib/google-cloud-sdk/platform/pubsub-emulator/bin/cloud-pubsub-emulator

key_of() { sha256sum "$1" | cut -c 1-12; }
modules="$cache/peers-$(key_of "$here/package-lock.json")"
pstest="$cache/pstest-$(key_of "$here/pstest.go")"

needs_pstest() {
    [ ! -x "$pstest/pstest" ] || return 1
    [ "${EXPORTS_PUBSUB:-}" = pstest ] || [ ! -x "$emulator" ] || ! command -v java >/dev/null
}

missing() {
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
    if needs_pstest; then
        command -v go >/dev/null || echo golang-go
        [ -d /usr/share/gocode/src/cloud.google.com/go/pubsub/pstest ] || echo golang-google-cloud-dev
    fi
}

# provide <folder> <command>…: runs the command in a new folder, and gives it its name when that has worked.
provide() {
    local target=$1 work
    shift
    work=$(mktemp -d "$cache/new-XXXXXX")
    if ! (cd "$work" && "$@" >&2); then
        rm -rf "$work"
        exit 1
    fi
    # Another process may have been faster.
    mv -T "$work" "$target" 2>/dev/null || rm -rf "$work"
}

install_modules() {
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" .
    npm ci --silent
}

build_pstest() { GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS='' go build -o pstest "$here/pstest.go"; }

case ${1:-} in
    --where) echo "$modules" && exit 0 ;;
    --missing) missing && exit 0 ;;
    '') ;;
    *) echo "usage: install.sh [--where|--missing]" >&2 && exit 2 ;;
esac
mkdir -p "$cache"
[ -d "$modules/node_modules" ] || provide "$modules" install_modules
if needs_pstest; then provide "$pstest" build_pstest; fi
echo "$modules"
