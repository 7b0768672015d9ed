#!/usr/bin/env bash
# Installs what the peers are made of, for all clones:
#   ${EXPORTS_CACHE:-${XDG_CACHE_HOME:-~/.cache}/exports}/peers-<key>/
# The key follows from the lock file and the sources, so nothing is ever out of date. Prints that path (with --where only that).
# With --missing, prints the Debian packages that are needed for it and not there. Does nothing when all is there.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)/programs
cache="${EXPORTS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/exports}"
key=$(cat "$here/package-lock.json" | sha256sum | cut -c 1-12)
target="$cache/peers-$key"

missing() {
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
}

case ${1:-} in
    --where) echo "$target" && exit 0 ;;
    --missing) missing && exit 0 ;;
    '') ;;
    *) echo "usage: install.sh [--where|--missing]" >&2 && exit 2 ;;
esac
if [ -d "$target/node_modules" ]; then
    echo "$target"
    exit 0
fi

mkdir -p "$cache"
work=$(mktemp -d "$cache/peers-new-XXXXXX")
trap 'rm -rf "$work"' EXIT
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$work"
(cd "$work" && npm ci --silent >&2)
# Another process may have been faster.
mv -T "$work" "$target" 2>/dev/null || [ -d "$target/node_modules" ]
echo "$target"
