#!/bin/sh
exec /usr/bin/moldau storage "$@"
