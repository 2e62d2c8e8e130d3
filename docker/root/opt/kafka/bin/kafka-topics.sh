#!/bin/sh
exec /usr/bin/moldau topics "$@"
