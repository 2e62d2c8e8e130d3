#!/usr/bin/env bash
# Writes the rows of consumer, share and streams groups in tests/golden/coordinator/records.tsv anew, and
# metadata-hash.tsv, with Apache Kafka's classes. See GoldenGroups.java, and compat-tests/lib/apache.sh for KAFKA_LIBS.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib/apache.sh
. "$here/../lib/apache.sh"
out=$apache_repo/tests/golden/coordinator

apache_init
apache_compile "$here"/*.java
made=$(apache_java GoldenGroups)
names=$(cut -f 1 <<<"$made" | paste -sd'|')
kept=$(grep -vE "^($names)"$'\t' "$out/records.tsv")
printf '%s\n' "$kept" "$made" >"$out/records.tsv"
apache_java GoldenGroups hashes >"$out/metadata-hash.tsv"
echo "$(wc -l <"$out/records.tsv") rows"
