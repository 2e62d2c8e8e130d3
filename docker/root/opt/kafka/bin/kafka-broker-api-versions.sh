#!/bin/sh
exec /usr/bin/moldau api-versions "$@"
