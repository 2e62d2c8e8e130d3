# shellcheck shell=bash
# Shared by the scripts of this folder: packages, builds, and steps that are counted.
# MOLDAU_BUILD_DIR: where builds go (default: build/). MOLDAU_JOBS: parallel jobs (default: one per core).

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$repo" || exit
build_root=${MOLDAU_BUILD_DIR:-$repo/build}
jobs=${MOLDAU_JOBS:-$(nproc)}

die() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

# missing_packages GROUP...: the packages of these groups that this machine lacks, one per line.
missing_packages() {
  command -v dpkg-query >/dev/null || return 0
  local group package
  for group in "$@"; do
    while read -r package; do
      dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q ' installed$' || echo "$package"
    done < <(awk -v group="$group" '$1 == group { print $2 }' scripts/packages.txt)
  done
}

# install_packages GROUP...: brings what is missing; succeeds if nothing is missing afterwards. Needs root.
install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || return 1
  echo "installing: ${missing[*]}"
  mkdir -p /usr/share/man/man1 # slim images lack it, and the JDK's package insists
  apt-get update -q >/dev/null || true
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >/dev/null
}

# need_packages GROUP...: installs what is missing when root, else prints the one line that does and stops.
need_packages() {
  install_packages "$@" && return 0
  mapfile -t missing < <(missing_packages "$@")
  die "this machine lacks packages; as root: apt-get install ${missing[*]}"
}

# has_program: the tree has the room that makes the program `moldau`.
has_program() {
  [ -e src/broker/CMakeLists.txt ]
}

# build PRESET [TARGET...]: configures, with $configure_args, and builds; without targets everything. Goes on behind
# errors, so that one broken room does not hide the others, and fails at the end.
configure_args=()
build() {
  local preset=$1
  shift
  cmake --preset "$preset" -S "$repo" -B "$build_root/$preset" "${configure_args[@]}" \
    >"$build_root/$preset.configure.log" 2>&1 || {
    cat "$build_root/$preset.configure.log"
    return 1
  }
  cmake --build "$build_root/$preset" -j "$jobs" ${1:+--target "$@"} -- -k 0
}
mkdir -p "$build_root"

# shell_scripts: what shellcheck is to read.
shell_scripts() {
  git ls-files -z --cached --others --exclude-standard |
    xargs -0 grep -lIE '^#!(/usr/bin/env bash|/bin/sh)|^# shellcheck shell='
}

# --- steps: each is one of "N passed, N failed, N skipped" ---

passed=0
failed=0
skipped=0

pass() {
  passed=$((passed + 1))
  echo "ok       $1"
}

# failure NAME [FILE]: counts a failure and shows its output.
failure() {
  failed=$((failed + 1))
  echo "FAILED   $1"
  [ $# -lt 2 ] || sed 's/^/    /' "$2"
}

skip() {
  skipped=$((skipped + 1))
  echo "skipped  $1: $2"
}

# step NAME COMMAND...: one pass, failure (its output is shown) or, on status 77, skip (its last line says why).
step() {
  local name=$1 log status=0
  shift
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || status=$?
  case $status in
    0) pass "$name" ;;
    77) skip "$name" "$(tail -n 1 "$log" | sed 's/^SKIPPED: //')" ;;
    *) failure "$name" "$log" ;;
  esac
  rm -f "$log"
  [ "$status" = 0 ] || [ "$status" = 77 ]
}

# ctest_steps FOLDER [CTEST-ARGUMENT...]: each test of a build folder is a step of its own.
ctest_steps() {
  local folder=$1 log name outcome seen=0 before=$failed
  shift
  log=$(mktemp)
  ctest --test-dir "$folder" --output-on-failure --timeout 600 -j "$jobs" "$@" >"$log" 2>&1 </dev/null || true
  while IFS='|' read -r name outcome; do
    seen=$((seen + 1))
    case $outcome in
      Passed*) pass "$name" ;;
      *Skipped*) skip "$name" "ctest -V -R $name in $folder says why" ;;
      *) failure "$name" ;;
    esac
  done < <(sed -nE 's/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: ([^ ]+) [. ]*(\**[A-Za-z][A-Za-z :]*).*/\1|\2/p' "$log")
  [ "$seen" -gt 0 ] || failure "ctest: no test ran in $folder" "$log"
  [ "$failed" = "$before" ] || sed 's/^/    /' "$log"
  rm -f "$log"
}

# client_steps PROGRAM: the smoke test of each client against this program.
client_steps() {
  local client
  for client in compat-tests/smoke/*/run; do
    local name
    name="client $(basename "$(dirname "$client")")"
    if has_program; then
      step "$name" env MOLDAU="$1" KAFKA_CLIENT_LIBS="$build_root/compat/client-libs" "$client" || true
    else
      skip "$name" "this tree has no program moldau yet"
    fi
  done
}

# count_steps_at_exit: ends the script with the line of counts, whatever ended it.
count_steps_at_exit() {
  trap finish_steps EXIT
}

finish_steps() {
  local status=$?
  [ "$status" = 0 ] || [ "$failed" -gt 0 ] || failure "$(basename "$0") ended early with status $status"
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ] || exit 1
}
