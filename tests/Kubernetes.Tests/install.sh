#!/usr/bin/env bash
# Installs what manifests and the Dockerfile are checked with, for all clones, under ${EXPORTS_CACHE:-${XDG_CACHE_HOME:-~/.cache}/exports}:
#   manifest-checks-<key>/node_modules   what the programs of the folder 'tools' need
# The key follows from the lock file, so nothing there is ever out of date. Does nothing when it is there. Fails, and says why, where
# kubectl is missing or too old. Prints where it is (with --where only that). --missing prints the Debian packages that are not there.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)/tools
cache="${EXPORTS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/exports}"
target="$cache/manifest-checks-$(sha256sum "$here/package-lock.json" | cut -c 1-12)"
kustomize_major=4         # the first with components inside kubectl

missing() {
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
    command -v curl >/dev/null || echo curl
    command -v kubectl >/dev/null || echo kubernetes-client
}

check_kubectl() {
    local said major
    said=$(kubectl version --client 2>&1) || true
    major=$(sed -nE 's/^Kustomize Version: v([0-9]+)\..*/\1/p' <<<"$said")
    if [ "${major:-0}" -lt "$kustomize_major" ]; then
        echo "kubectl renders the manifests of k8s, and must be 1.21 or later (kustomize v$kustomize_major). Debian 12's kubernetes-client is" >&2
        echo "older; Kubernetes' own packages, and Debian 13's, are not. This one says: ${said:-nothing}" >&2
        exit 1
    fi
}

install() {
    local work
    work=$(mktemp -d "$cache/new-XXXXXX")
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$work"
    if ! (cd "$work" && npm ci --silent >&2); then
        rm -rf "$work"
        exit 1
    fi
    # Another process may have been faster.
    mv -T "$work" "$target" 2>/dev/null || rm -rf "$work"
}

case ${1:-} in
    --where) echo "$target/node_modules" && exit 0 ;;
    --missing) missing && exit 0 ;;
    '') ;;
    *) echo "usage: install.sh [--where|--missing]" >&2 && exit 2 ;;
esac
check_kubectl
mkdir -p "$cache"
[ -d "$target/node_modules" ] || install
echo "$target/node_modules"
