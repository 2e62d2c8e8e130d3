# Shared by the smoke tests: a broker of our own on a free port with its data in a temporary folder.
# MOLDAU names the program (default: the release build). Each test runs as: <folder>/run; exit 77 = skipped.

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
: "${MOLDAU:=$repo/build/release/moldau}"
work=$(mktemp -d)
broker_pid=
bootstrap=

fail() {
  echo "FAILED: $*" >&2
  if [ -s "$work/broker.log" ]; then
    echo "--- end of the broker's log" >&2
    tail -n 40 "$work/broker.log" >&2
  fi
  exit 1
}

# skip REASON: ends the test as skipped.
skip() {
  echo "SKIPPED: $*"
  exit 77
}

# start_broker [FLAG...]: starts on $work/data, without an admin port unless a flag says so, waits for the ready line and
# sets $bootstrap.
start_broker() {
  # Emptied here and not by the redirection below, which may come after the first look.
  : >"$work/ready"
  "$MOLDAU" server --data "$work/data" --port 0 --override moldau.admin.listener= "$@" >"$work/ready" 2>>"$work/broker.log" &
  broker_pid=$!
  local deadline=$((SECONDS + 60))
  until bootstrap=$(sed -n 's/.*bootstrap\.servers=//p' "$work/ready") && [ -n "$bootstrap" ]; do
    kill -0 "$broker_pid" 2>/dev/null || fail "the broker ended before it was ready"
    [ "$SECONDS" -lt "$deadline" ] || fail "the broker is not ready after 60 s"
    sleep 0.02
  done
}

# stop_broker: a clean stop, which must succeed.
stop_broker() {
  kill -TERM "$broker_pid"
  wait "$broker_pid" || fail "the broker stopped with status $?"
  broker_pid=
}

# kill_broker: the process dies as in a crash.
kill_broker() {
  kill -KILL "$broker_pid"
  wait "$broker_pid" 2>/dev/null || true
  broker_pid=
}

clean_up() {
  local status=$?
  if [ -n "$broker_pid" ]; then
    kill -KILL "$broker_pid" 2>/dev/null || true
    wait "$broker_pid" 2>/dev/null || true
  fi
  rm -rf "$work"
  exit "$status"
}
trap clean_up EXIT

[ -x "$MOLDAU" ] || fail "$MOLDAU is not built"
