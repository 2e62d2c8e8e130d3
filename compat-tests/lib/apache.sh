# shellcheck shell=bash
# Apache Kafka 4.3.1 for tests: its jars, one combined node on loopback, its command line tools. Source it, then:
#
#   apache_init                           # brings the jars (once), sets the class path
#   apache_format  "$dir"                 # one node in $dir: static quorum; with --standalone a dynamic one
#   apache_start   "$dir"                 # until it serves; sets apache_bootstrap
#   apache_tool    org.apache.kafka.tools.TopicCommand --bootstrap-server "$apache_bootstrap" --list
#   apache_stop    "$dir"                 # or apache_kill: as in a crash
#
# A node is a folder: server.properties, data/ (log.dirs), log (its output), pid. Further settings go into
# apache_format as key=value. Several nodes may run at once; what is still running ends with the script.
# KAFKA_LIBS: a folder with the jars of the release, in place of a download by Maven (compat-tests/pom.xml).
# MOLDAU_BUILD_DIR: where builds go (default: build/).

apache_repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
apache_build=${MOLDAU_BUILD_DIR:-$apache_repo/build}/compat
apache_cluster_id=${APACHE_CLUSTER_ID:-bW9sZGF1LWNvbXBhdC0xMQ}
apache_bootstrap=
apache_running=()

apache_fail() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

# apache_init: the class path, its cached class data and the JVM flags that all other functions use.
apache_init() {
  command -v javac >/dev/null || apache_skip "no JDK (javac)"
  local libs=${KAFKA_LIBS:-$apache_build/libs}
  if ! ls "$libs"/kafka_2.13-4.3.1.jar >/dev/null 2>&1; then
    [ -z "${KAFKA_LIBS:-}" ] || apache_fail "KAFKA_LIBS=$libs has no kafka_2.13-4.3.1.jar"
    apache_bring "$apache_repo/compat-tests/pom.xml" "$libs"
  fi
  mkdir -p "$apache_build"
  # Test jars of a larger folder would shadow classes of the broker.
  apache_class_path=$(find "$libs" -name '*.jar' \
    ! -name '*-test.jar' ! -name 'junit*' ! -name 'mockito*' ! -name 'kafka-test-common*' | sort | paste -sd:)
  apache_jvm=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dlog4j2.configurationFile="$apache_repo/compat-tests/lib/log4j2.xml")
  apache_archive
}

# apache_bring POM FOLDER [FLAG...]: the jars of a pom, all of them or those the flags of copy-dependencies choose. Nothing in part:
# the folder is there with the last of them.
apache_bring() {
  command -v mvn >/dev/null || apache_skip "no Maven to bring what $1 names"
  rm -rf "$2.new"
  mvn -q -B -f "$1" dependency:copy-dependencies -DoutputDirectory="$2.new" "${@:3}" >&2 || apache_fail "Maven could not bring what $1 names"
  rm -rf "$2"
  mv "$2.new" "$2"
}

# apache_skip REASON: ends the test as skipped.
apache_skip() {
  echo "SKIPPED: $*"
  exit 77
}

# apache_archive: parsed classes of a started node, kept in a file, halve each later start. Without it all works too.
apache_archive() {
  local key archive folder
  key=$({ java -version 2>&1; tr : '\n' <<<"$apache_class_path" | xargs stat -c '%n %s %Y'; } | sha256sum | cut -c1-12)
  archive=$apache_build/apache-$key.jsa
  if [ ! -s "$archive" ]; then
    folder=$(mktemp -d)
    apache_format "$folder"
    apache_start "$folder" "-XX:ArchiveClassesAtExit=$archive.$$"
    apache_stop "$folder"
    [ ! -s "$archive.$$" ] || mv "$archive.$$" "$archive"
    rm -rf "$folder"
  fi
  [ ! -s "$archive" ] ||
    apache_jvm+=("-XX:SharedArchiveFile=$archive" -Xshare:auto -Xlog:cds=off -Xlog:cds+dynamic=off)
}

# apache_java CLASS ARGUMENT...: a program with the release's jars; apache_classes are further class folders.
apache_classes=
apache_java() {
  java -Xmx"${APACHE_HEAP:-256m}" "${apache_jvm[@]}" -cp "$apache_class_path${apache_classes:+:$apache_classes}" "$@"
}

# apache_tool CLASS ARGUMENT...: a command line tool, e.g. org.apache.kafka.tools.TopicCommand.
apache_tool() {
  apache_java "$@"
}

# apache_compile SOURCE.java...: compiles them (once per content) and adds them to the class path.
apache_compile() {
  local folder
  folder=$apache_build/classes-$(cat "$@" | sha256sum | cut -c1-16)
  if [ ! -d "$folder" ]; then
    mkdir -p "$folder.$$"
    javac -proc:none -nowarn -d "$folder.$$" -cp "$apache_class_path" "$@" || apache_fail "javac failed"
    mv -T "$folder.$$" "$folder" 2>/dev/null || rm -rf "$folder.$$"
  fi
  apache_classes=${apache_classes:+$apache_classes:}$folder
}

# apache_free_port: a TCP port of loopback that nothing listens on, below the range the kernel hands out itself.
apache_free_port() {
  local port
  while :; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

# apache_properties DIR [KEY=VALUE...]: writes DIR/server.properties for a combined node 0 on two free ports.
# Internal topics are small and groups start at once, so that tests are short; the rest is Kafka's default.
apache_properties() {
  local dir=$1 port controller
  shift
  port=$(apache_free_port)
  controller=$(apache_free_port)
  mkdir -p "$dir"
  cat >"$dir/server.properties" <<P
process.roles=broker,controller
node.id=0
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
controller.listener.names=CONTROLLER
log.dirs=$dir/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
P
  printf '%s\n' "$@" >>"$dir/server.properties"
}

# apache_controller DIR: host and port of its controller's listener.
apache_controller() {
  sed -n 's/.*CONTROLLER:..\(127[^,]*\)$/\1/p' "$1/server.properties"
}

# apache_quorum DIR [--standalone]: adds to server.properties how the node finds its quorum.
apache_quorum() {
  local controller
  controller=$(apache_controller "$1")
  if [ "${2:-}" = --standalone ]; then
    echo "controller.quorum.bootstrap.servers=$controller" >>"$1/server.properties"
  else
    echo "controller.quorum.voters=0@$controller" >>"$1/server.properties"
  fi
}

# apache_format DIR [--standalone] [KEY=VALUE...]: writes server.properties and formats DIR/data.
apache_format() {
  local dir=$1 standalone=()
  shift
  if [ "${1:-}" = --standalone ]; then
    standalone=(--standalone)
    shift
  fi
  apache_properties "$dir" "$@"
  apache_quorum "$dir" "${standalone[@]}"
  apache_tool kafka.tools.StorageTool format -t "$apache_cluster_id" -c "$dir/server.properties" \
    "${standalone[@]}" >"$dir/format.log" 2>&1 || { cat "$dir/format.log" >&2; apache_fail "format failed"; }
}

# apache_start DIR [JVM-FLAG...]: starts the node of a formatted folder, on whosever data, and returns when it
# serves. Sets apache_bootstrap.
apache_start() {
  local dir=$1 deadline=$((SECONDS + ${APACHE_START_TIMEOUT_S:-120}))
  shift
  : >"$dir/log"
  java -Xmx512m "${apache_jvm[@]}" "$@" -cp "$apache_class_path" kafka.Kafka "$dir/server.properties" \
    >>"$dir/log" 2>&1 </dev/null &
  echo $! >"$dir/pid"
  apache_running+=("$dir")
  until grep -q 'Kafka Server started' "$dir/log"; do
    kill -0 "$(<"$dir/pid")" 2>/dev/null || { cat "$dir/log" >&2; apache_fail "Apache Kafka ended in its start"; }
    [ "$SECONDS" -lt "$deadline" ] || { cat "$dir/log" >&2; apache_fail "Apache Kafka does not serve in time"; }
    sleep 0.05
  done
  # shellcheck disable=SC2034 # for the caller
  apache_bootstrap=$(sed -n 's/^listeners=PLAINTEXT:..\([^,]*\),.*/\1/p' "$dir/server.properties")
}

# apache_signal DIR SIGNAL: ends the node and waits until it is gone.
apache_signal() {
  local dir=$1 pid
  [ -s "$dir/pid" ] || return 0
  pid=$(<"$dir/pid")
  kill "-$2" "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  rm -f "$dir/pid"
}

# apache_stop DIR: a controlled shutdown.
apache_stop() {
  apache_signal "$1" TERM
}

# apache_kill DIR: the process dies as in a crash.
apache_kill() {
  apache_signal "$1" KILL
}

# apache_kill_all: for a trap of the caller's own in place of the one set here.
apache_kill_all() {
  local dir
  for dir in "${apache_running[@]}"; do apache_kill "$dir"; done
}
trap apache_kill_all EXIT

# apache_dump FILE...: the text of DumpLogSegments for log, index and snapshot files, with records where it can.
apache_dump() {
  local file decoder
  for file in "$@"; do
    case $file in
      *__cluster_metadata-0/*) decoder=(--cluster-metadata-decoder) ;;
      *.checkpoint) decoder=(--cluster-metadata-decoder) ;;
      *__consumer_offsets-*.log) decoder=(--offsets-decoder) ;;
      *__transaction_state-*.log) decoder=(--transaction-log-decoder) ;;
      *__share_group_state-*.log) decoder=(--share-group-state-decoder) ;;
      *.log) decoder=(--print-data-log) ;;
      *) decoder=() ;;
    esac
    apache_tool org.apache.kafka.tools.DumpLogSegments "${decoder[@]}" --deep-iteration --files "$file"
  done
}
