# shellcheck shell=bash
# Moldau for tests, beside lib/apache.sh, on a folder of the same kind. MOLDAU names the program.
#
#   moldau_start "$dir"              # serves data/ by server.properties and returns when it is ready; sets moldau_bootstrap
#   moldau_create_topic t --config segment.ms=300     # on the one started last, with the flags of `moldau topics`

moldau_bootstrap=

# moldau_start DIR: the process id lies in DIR/pid, its output in DIR/ready and DIR/log. Status 1 with the log's end on
# standard error if it does not become ready.
moldau_start() {
  local dir=$1 pid deadline=$((SECONDS + 60))
  : >"$dir/ready"
  "$MOLDAU" server "$dir/server.properties" --override moldau.admin.listener= >>"$dir/ready" 2>>"$dir/log" </dev/null &
  pid=$!
  echo "$pid" >"$dir/pid"
  until moldau_bootstrap=$(sed -n 's/.*bootstrap\.servers=//p' "$dir/ready") && [ -n "$moldau_bootstrap" ]; do
    if ! kill -0 "$pid" 2>/dev/null || [ "$SECONDS" -ge "$deadline" ]; then
      tail -n 40 "$dir/log" >&2
      return 1
    fi
    sleep 0.02
  done
}

moldau_create_topic() {
  "$MOLDAU" topics --bootstrap-server "$moldau_bootstrap" --create --topic "$@" >/dev/null
}
