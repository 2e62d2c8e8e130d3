#!/usr/bin/env bash
# Writes tests/golden/apache/disk anew: data directories of Apache Kafka 4.3.1 in the stages of one node's life.
# See README.md there, and compat-tests/lib/apache.sh for KAFKA_LIBS.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib/apache.sh
. "$here/../lib/apache.sh"
out=$apache_repo/tests/golden/apache/disk
work=$(mktemp -d)
trap 'apache_kill_all; rm -rf "$work"' EXIT

# What DumpLogSegments reads.
disk_files='\.(log|index|timeindex|snapshot|txnindex)$|/[0-9]+-[0-9]+\.checkpoint$'

# files_of FOLDER: what it holds, as paths from it, in the order of their names.
files_of() {
  (cd "$1" && find . -type f -printf '%P\n' | LC_ALL=C sort)
}

# describe FOLDER: each file's path and size with its text, or what DumpLogSegments says of it.
describe() {
  local folder=$1 file
  while read -r file; do
    case $file in
      *.log | *.index | *.timeindex | *.txnindex | *.snapshot | *0*-0*.checkpoint) ;;
      */bootstrap.checkpoint) printf '== %s %s bytes\n' "$file" "$(stat -c %s "$folder/$file")" ;;
      *)
        printf '== %s %s bytes\n' "$file" "$(stat -c %s "$folder/$file")"
        cat "$folder/$file"
        echo
        ;;
    esac
  done < <(files_of "$folder")
  describe_group "$folder" '/__cluster_metadata-0/|/[0-9]+-[0-9]+\.checkpoint$' --cluster-metadata-decoder
  describe_group "$folder" '/__consumer_offsets-' --offsets-decoder
  describe_group "$folder" '/__transaction_state-' --transaction-log-decoder
  describe_group "$folder" '/[^_/][^/]*/[^/]*\.(log|index|timeindex|snapshot|txnindex)$' --print-data-log
}

# without_blank_indexes: drops the preallocated offset index beside an empty log, which ends the tool.
without_blank_indexes() {
  local file
  while read -r file; do
    [[ $file == *.index && ! -s ${file%.index}.log ]] || echo "$file"
  done
}

# describe_group FOLDER PATTERN DECODER: the files whose path from FOLDER matches, by one run of the tool.
describe_group() {
  local folder=$1 files
  files=$(files_of "$folder" | sed "s,^,/," | grep -E "$disk_files" |
    grep -E "$2" | sed "s,^,$folder," | without_blank_indexes | paste -sd,) || return 0
  apache_tool org.apache.kafka.tools.DumpLogSegments "$3" --deep-iteration --files "$files" 2>&1 |
    sed "s,$folder/,,g; s,^Dumping ,== ,"
}

# keep NAME: the node's folder as it lies there now, as NAME.tar.zst, and its text as NAME.txt.
keep() {
  local name=$1 copy=$work/$1
  mkdir "$copy"
  cp -a --sparse=always "$node/data" "$copy/data"
  sed "s,^log.dirs=.*,log.dirs=data," "$node/server.properties" >"$copy/server.properties"
  tar --create --sparse --format=pax --sort=name --owner=0 --group=0 --numeric-owner --mode=u+rw,go=rX \
    --pax-option=delete=atime,delete=ctime --directory "$copy" server.properties data |
    zstd -q -19 --force -o "$out/$name.tar.zst"
  case $name in
    standalone-[345]*) ;; # as static-*, but for the quorum's files
    *) describe "$copy" >"$out/$name.txt" ;;
  esac
  rm -rf "$copy"
  echo "$name: $(stat -c %s "$out/$name.tar.zst") bytes"
}

apache_init
apache_compile "$here/DiskLoad.java"
mkdir -p "$out"
rm -f "$out"/*.tar.zst "$out"/*.txt
for quorum in static standalone; do
  node=$work/node-$quorum
  mode=()
  [ "$quorum" = static ] || mode=(--standalone)
  apache_format "$node" "${mode[@]}" metadata.log.max.record.bytes.between.snapshots=6000
  keep "$quorum-1-formatted"
  apache_start "$node"
  apache_stop "$node"
  keep "$quorum-2-started"
  apache_start "$node"
  apache_java DiskLoad "$apache_bootstrap" first
  apache_stop "$node"
  keep "$quorum-3-loaded"
  apache_start "$node"
  apache_java DiskLoad "$apache_bootstrap" second
  apache_kill "$node"
  keep "$quorum-4-killed"
  apache_start "$node"
  apache_stop "$node"
  keep "$quorum-5-recovered"
done
