#!/usr/bin/env bash
# Writes tests/golden/cleaner anew: logs as the classes of Apache Kafka 4.3.1 made them, and what its cleaner left of them.
# See CleanerCases.java for what is in them, GoldenCleaner.java for its lines, and compat-tests/lib/apache.sh for KAFKA_LIBS.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib/apache.sh
. "$here/../lib/apache.sh"
out=$apache_repo/tests/golden/cleaner

apache_init
apache_compile "$here"/*.java
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
apache_java -Djava.io.tmpdir="$work" CleanerCases "$work"
zstd -q -19 --force "$work/cases.tsv" -o "$out/cases.tsv.zst"
echo "$(grep -c '^clean' "$work/cases.tsv") passes, $(grep -c '^select' "$work/cases.tsv") choices," \
  "$(stat -c %s "$out/cases.tsv.zst") bytes"
