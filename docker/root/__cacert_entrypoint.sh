#!/bin/sh
# Apache Kafka's image has this entry point; scripts that know it by name find it here, too.
exec "$@"
