#!/usr/bin/env bash
# Builds librdkafka, the native Kafka client, for machines whose NuGet feed lacks the librdkafka.redist package.
# The sources come inside the npm package @confluentinc/kafka-javascript. The result is cached for all clones:
#   ${EXPORTS_CACHE:-${XDG_CACHE_HOME:-~/.cache}/exports}/librdkafka-<version>/librdkafka.so
# Prints that path (with --where only that). Does nothing when it is there. Needs npm, cc, make and the headers of OpenSSL, zlib and zstd.
set -euo pipefail

version=2.15.1           # the librdkafka that Confluent.Kafka 2.15.1 was made for
npm_package=@confluentinc/kafka-javascript@1.10.1

cache="${EXPORTS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/exports}"
target="$cache/librdkafka-$version/librdkafka.so"
if [ -f "$target" ] || [ "${1:-}" = --where ]; then
    echo "$target"
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log="$work/build.log"
run() {
    "$@" >>"$log" 2>&1 || {
        echo "librdkafka: '$*' failed; the last lines of its output:" >&2
        tail -n 20 "$log" >&2
        exit 1
    }
}

cd "$work"
# 'npm pack' fetches the archive alone; 'npm install' would run an install script that downloads a binary.
run npm pack "$npm_package" --silent
run tar xzf ./*.tgz
cd package/deps/librdkafka
# Only the C library is built, so whatever answers serves as the C++ compiler that configure insists on.
run env CXX=cc ./configure --disable-lz4-ext --disable-gssapi --disable-curl
run make -j"$(nproc)" -C src librdkafka.so.1

mkdir -p "$(dirname "$target")"
cp src/librdkafka.so.1 "$target.$$"
strip --strip-unneeded "$target.$$"
mv "$target.$$" "$target"
echo "$target"
