#!/usr/bin/env bash
# franz-go's tests of `kgo`, at the version that ../clients/franz-go pins, as programs: `build.sh FOLDER` leaves
#
#   FOLDER/tests       as they are
#   FOLDER/one         for a subtest alone. Those that the pattern leaves out would keep their places in the tests' own
#                      limit of four at a time, and all would wait for ever: there the limit is higher. And some skip what
#                      the broker has unless another test has asked it before: there it is asked at once
#   FOLDER/pkg/kgo     where they want to run
set -euo pipefail
folder=$1
pin=$(cd "$(dirname "$0")/../clients/franz-go" && pwd)
module=github.com/twmb/franz-go
export GOTOOLCHAIN=local GOFLAGS=-modcacherw GOMODCACHE=${folder%/*}/go/mod GOCACHE=${folder%/*}/go/cache

skip() {
  echo "SKIPPED: $*"
  exit 77
}

command -v go >/dev/null || skip "no go"
has=$(go env GOVERSION | sed 's/^go//')
[ "$(printf '%s\n' "$has" 1.26 | sort -V | head -n 1)" = 1.26 ] || skip "go is $has, not 1.26 or newer"

version=$(go -C "$pin" list -m -f '{{.Version}}' "$module")
key="$version $has $(sha256sum <"$0")"
[ "$(cat "$folder/done" 2>/dev/null)" != "$key" ] || exit 0
go -C "$pin" mod download "$module"
rm -rf "$folder"
cp -r "$(go -C "$pin" list -m -f '{{.Dir}}' "$module")" "$folder"
go -C "$folder" test -c -o tests ./pkg/kgo
limit='var etlSem = make(chan struct{}, 4)'
grep -qxF "$limit" "$folder/pkg/kgo/helpers_test.go"
sed "s/^$limit\$/${limit/, 4/, 64}/" "$folder/pkg/kgo/helpers_test.go" >"$folder/helpers.one"
cat >"$folder/main.one" <<'G'
package kgo

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	adm()
	os.Exit(m.Run())
}
G
cat >"$folder/overlay.json" <<O
{"Replace": {"$folder/pkg/kgo/helpers_test.go": "$folder/helpers.one", "$folder/pkg/kgo/main_test.go": "$folder/main.one"}}
O
go -C "$folder" test -c -overlay overlay.json -o one ./pkg/kgo
echo "$key" >"$folder/done"
