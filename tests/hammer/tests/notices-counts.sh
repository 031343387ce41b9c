#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Counts that wrap around in the commands of /dev/careless are noticed; others are none.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

promise="its own ioctls take no count that wraps around"

# try MISTAKE: load with it and hammer; status in $status, what was said in $said.
try()
{
	rmmod "$KMLAB_MODULE"
	insmod "$KMLAB_KO" mistake="$1"
	status=0
	said=$(hammer --quiet --ioctl --seconds 0 --seed 1 --only "$promise" /dev/careless) || status=$?
}

# notices MISTAKE WHAT
notices()
{
	try "$1"
	is "$1: status" $status 1
	like "$1: noticed" "$said" "^not ok - $promise: ioctl.*$2"
}

plan 9

notices count-wraps "takes 0x20000001 things, counted by the 4 bytes from byte 0 on.*one of 8 bytes"
notices long-count-wraps "takes 0x1000000000000001 things, counted by the 8 bytes from byte 8 on.*one of 16"
notices list-count-wraps "takes 0x40000001 things, counted by the 4 bytes from byte 4 on.*one of 12"
for fine in short-count cut-off stock; do
	try "fine-$fine"
	is "$fine" "$status $said" "0 "
done
