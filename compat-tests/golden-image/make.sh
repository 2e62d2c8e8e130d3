#!/usr/bin/env bash
# Writes anew what Apache Kafka 4.3.1 says where Moldau's image has to say the same: what config providers and the image
# make of server.properties (tests/golden/config), what kafka-topics and kafka-broker-api-versions print
# (tests/golden/tools). The cases lie beside this file; KAFKA_LIBS as in compat-tests/lib/apache.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib/apache.sh
. "$here/../lib/apache.sh"
golden=$apache_repo/tests/golden
work=$(mktemp -d)
clean_up() {
  apache_kill_all
  rm -rf "$work"
}
trap clean_up EXIT

apache_init
apache_compile "$here"/*.java
mkdir -p "$golden/tools" "$work/files/dir/sub"
printf 'key=value\nuser=alice\nempty=\nport=1234\nnested=${env:MOLDAU_ONE}\nesc=a\\tb\n' >"$work/files/a.properties"
printf 'k=\xc3\xa4\xe2\x82\xac\nesc=\\\xc3\xa4\\u00e4\n' >"$work/files/utf8.properties"
printf 'bad=\\u00zz\n' >"$work/files/bad.properties"
printf 'hunter2\n' >"$work/files/dir/password"
printf user >"$work/files/dir/user"
printf x >"$work/files/dir/sub/inner"
printf '\xff\xfe' >"$work/files/dir/binary"
ln -s password "$work/files/dir/link"
export LC_ALL=C.UTF-8
(export MOLDAU_ONE=one MOLDAU_TWO='two words' MOLDAU_EMPTY='' MOLDAU_NUMBER=5 MOLDAU_DIR="$work/files"
  export MOLDAU_DOLLAR='a$b\c${env:MOLDAU_ONE}'
  apache_java Providers "$here/providers.txt" "$work/files" "$golden/config/providers.txt") 2>"$work/log"
apache_java Containers "$here/containers.txt" "$work/containers" "$golden/config/containers.txt"
apache_format "$work/node"
apache_start "$work/node"
apache_java AdminTools "$here/tools.txt" "$apache_bootstrap" "$golden/tools/cases.txt" 2>>"$work/log"
grep -c '^== \|^[$] ' "$golden"/config/{providers,containers}.txt "$golden/tools/cases.txt"
