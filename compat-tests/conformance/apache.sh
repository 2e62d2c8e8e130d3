# shellcheck shell=bash
# The suites' Apache preset with a log of requests. Sourced by run with CONFORMANCE, CACHE and LIBS set; prints the two
# commands that start a node, for the environment of `-b env`.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # for the preset
HERE=$CONFORMANCE
# shellcheck disable=SC1091
. "$CONFORMANCE/presets/apache" >&2
printf '%s\n' "$BROKER_FORMAT"
printf '%s\n' "${BROKER_START/kafka.Kafka/-Dlog4j2.configurationFile=$here/../lib/log4j2-requests.xml kafka.Kafka}"
