# shellcheck shell=bash disable=SC2154 # the variables of lib/apache.sh, and the coprocess that the caller starts
# Clients that put a broker under load for long, beside lib/apache.sh: programs with librdkafka, of the parts in lib/load.
#
#   load_build "$folder"              # the folder's sources with lib/load, once for each content; sets load_program
#   coproc client { exec "$load_program" ...; }
#   load_tell check; load_take 400    # one line to it; sets load_answer to the line it answers

# shellcheck disable=SC2034 # for the caller
load_program=
load_answer=

load_build() {
  local shared=$apache_repo/compat-tests/lib/load
  [ -e /usr/include/librdkafka/rdkafkacpp.h ] || apache_skip "librdkafka's headers are not installed"
  load_program=$apache_build/$(basename "$1")_load-$(find "$shared" "$1" -name '*.h' -o -name '*.cc' |
    sort | xargs cat | sha256sum | cut -c1-16)
  [ ! -x "$load_program" ] || return 0
  mkdir -p "$apache_build"
  clang++-19 -std=c++23 -O1 -pthread -I"$shared" -o "$load_program.$$" "$shared"/*.cc "$1"/*.cc -lrdkafka++ -lrdkafka
  mv "$load_program.$$" "$load_program"
}

# load_tell WORD: an order to the coprocess `client`, whose answer load_take takes later.
load_tell() {
  echo "$1" >&"${client[1]}"
}

# load_take SECONDS: the answer to the order before. What it complains of on the way is printed. Status 1: none came.
load_take() {
  while :; do
    IFS= read -r -t "$1" load_answer <&"${client[0]}" || return 1
    [[ "$load_answer" == COMPLAINT* ]] || return 0
    echo "$load_answer" >&2
  done
}

load_stop() {
  local pid=${client_PID:-}
  [ -n "$pid" ] || return 0
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
}
