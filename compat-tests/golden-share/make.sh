#!/bin/sh
# Writes tests/golden/coordinator/share.tsv anew with Apache Kafka's classes.
# Usage: make.sh LIBS, where LIBS is the libs folder of an Apache Kafka 4.3.1 installation.
set -eu
libs=${1:?the libs folder of Apache Kafka}
here=$(cd "$(dirname "$0")" && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
javac -cp "$libs/*" -d "$out" "$here/GoldenShare.java"
java -cp "$out:$libs/*" GoldenShare "$here/../../tests/golden/coordinator/share.tsv"
