#!/usr/bin/env bash
# Writes tests/golden/dump anew: files of every kind, sound and broken, and what the dump tool of Apache Kafka 4.3.1
# says of them. See GoldenDump.java for what is in it, and compat-tests/lib/apache.sh for KAFKA_LIBS.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib/apache.sh
. "$here/../lib/apache.sh"
out=$apache_repo/tests/golden/dump
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

apache_init
apache_compile "$here"/*.java "$here"/../wire/src/{Schema,Generated,Filler,Values}.java
mkdir -p "$out" "$work/files"
(cd "$work/files" && apache_java GoldenDump "$apache_repo/schemas" "$out")
tar --create --sort=name --format=pax --owner=0 --group=0 --numeric-owner --mode=u+rw,go=rX --mtime=@0 \
  --pax-option=delete=atime,delete=ctime --directory "$work/files" . | zstd -q -19 --force -o "$out/files.tar.zst"
echo "$(grep -c '^== ' "$out/cases.txt") cases, $(stat -c %s "$out/files.tar.zst") bytes of files"
