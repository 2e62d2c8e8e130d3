#!/bin/sh
exec /usr/bin/moldau dump-log "$@"
