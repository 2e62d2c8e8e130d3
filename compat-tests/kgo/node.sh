#!/usr/bin/env bash
# The nodes of run, one after the other, each a new one: `node.sh apache|moldau [sasl]` takes orders on standard input.
#
#   start          answers `ready HOST:PORT HOST:PORT`: the listeners for clients, the second with SASL, or nothing
#   keep           answers `kept`; the node has stopped, and those to come begin with its data
#   log FOLDER     answers `logged`; what the node has logged so far lies in FOLDER/log
#   stop FOLDER    answers `stopped STATUS`; the node's properties and log lie in FOLDER
#
# Settings and credentials are those that franz-go's own checks of each change give Apache Kafka.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib/apache.sh
. "$here/../lib/apache.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/moldau.sh
. "$here/../lib/moldau.sh"
broker=$1
sasl=${2:-}

work=$(mktemp -d)
node=$work/node
trap 'apache_kill "$node"; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

settings=(
  group.initial.rebalance.delay.ms=3000
  'group.coordinator.rebalance.protocols=classic,consumer,share'
  group.share.delivery.count.limit=10
)
scram='SCRAM-SHA-256=[name=testuser,iterations=4096,password=testpass]'
sasl_address=

# add_sasl: a listener that authenticates, beside the two that there are.
add_sasl() {
  sasl_address=127.0.0.1:$(apache_free_port)
  sed -i "/^listeners=/s/\$/,SASL_PLAINTEXT:\/\/$sasl_address/" "$node/server.properties"
  cat >>"$node/server.properties" <<'P'
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT
sasl.enabled.mechanisms=SCRAM-SHA-256,OAUTHBEARER
listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_plaintext.oauthbearer.sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="admin";
P
}

# storage ARGUMENT...: the storage tool of the broker.
storage() {
  if [ "$broker" = moldau ]; then
    "$MOLDAU" storage "$@"
  else
    apache_tool kafka.tools.StorageTool "$@"
  fi
}

prepare() {
  local flags=()
  [ "$broker" = moldau ] || apache_init >&2
  apache_properties "$node" "${settings[@]}"
  apache_quorum "$node"
  [ -z "$sasl" ] || { add_sasl && flags=(--add-scram "$scram"); }
  storage format -t "$apache_cluster_id" -c "$node/server.properties" "${flags[@]}" >"$node/format.log" 2>&1 || {
    cat "$node/format.log" >&2
    apache_fail "format failed"
  }
  cp -r "$node" "$work/formatted"
}

start() {
  rm -rf "$node"
  cp -r "$work/formatted" "$node"
  : >"$node/log"
  if [ "$broker" = moldau ]; then
    moldau_start "$node" || apache_fail "Moldau does not start"
    echo "ready $moldau_bootstrap $sasl_address"
  else
    apache_start "$node" -Dlog4j2.configurationFile="$here/../lib/log4j2-requests.xml"
    echo "ready ${apache_bootstrap%%,*} $sasl_address"
  fi
}

# end: the node's status.
end() {
  local pid status=0
  pid=$(<"$node/pid")
  kill -TERM "$pid" 2>/dev/null || true
  wait "$pid" || status=$?
  rm -f "$node/pid"
  # A JVM ends with 128 + 15 even so.
  [ "$broker" = moldau ] || status=$((status == 143 ? 0 : status))
  return "$status"
}

keep() {
  end || apache_fail "the first node did not stop in order"
  rm -rf "$work/formatted"
  cp -r "$node" "$work/formatted"
  echo kept
}

stop() {
  local status=0
  end || status=$?
  cp "$node/server.properties" "$node/log" "$1"
  echo "stopped $status"
}

prepare
while read -r order folder; do
  case $order in
    start) start ;;
    keep) keep ;;
    log) cp "$node/log" "$folder" && echo logged ;;
    stop) stop "$folder" ;;
    *) apache_fail "$order is no order" ;;
  esac
done
