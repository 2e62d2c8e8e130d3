#!/bin/sh
if [ $# -lt 1 ]; then
  echo "USAGE: $0 [-daemon] server.properties [--override property=value]*"
  exit 1
fi
if [ "$1" = -daemon ]; then
  shift
  logs=${LOG_DIR:-/opt/kafka/logs}
  mkdir -p "$logs"
  nohup /usr/bin/moldau server "$@" >"$logs/kafkaServer.out" 2>&1 </dev/null &
  exit 0
fi
exec /usr/bin/moldau server "$@"
