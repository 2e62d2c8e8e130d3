#!/usr/bin/env bash
# Writes tests/golden/storage anew: what the storage tool of Apache Kafka 4.3.1 says and leaves in many cases. See
# GoldenStorage.java for what is in it, and compat-tests/lib/apache.sh for KAFKA_LIBS.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib/apache.sh
. "$here/../lib/apache.sh"
out=$apache_repo/tests/golden/storage
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

apache_init
apache_compile "$here"/*.java
mkdir -p "$out"
(cd "$work" && apache_java GoldenStorage "$out" >"$work.log" 2>&1) || { cat "$work.log" >&2; apache_fail "failed"; }
rm -f "$work.log"
echo "$(grep -c '^== ' "$out/cases.txt") cases"
