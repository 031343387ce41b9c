#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Addresses of the kernel in what /proc/careless gives are noticed, whatever they belong to.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

promise="a read gives no addresses of the kernel"

# notices MISTAKE WHAT
notices()
{
	rmmod "$KMLAB_MODULE"
	insmod "$KMLAB_KO" mistake="$1"
	said=$(hammer --quiet --seconds 0 --seed 1 --only "$promise" /proc/careless)
	is "$1: status" $? 1
	like "$1: noticed" "$said" "^not ok - $promise: read.*$2"
}

plan 14

notices leaks-entry "at byte 1 is 0xff[0-9a-f]*, an address of the kernel's memory"
notices leaks-old-stack "0xff[0-9a-f]*, an address of "
notices leaks-own-stack "at byte [08] is 0xff[0-9a-f]*, an address of a kernel stack"
notices leaks-return "at byte 0 is 0xffffffff[0-9a-f]*, an address of the kernel's code"
notices leaks-symbol "at byte 0 is 0xffffffff[0-9a-f]*, an address of the kernel's code"
notices leaks-text "at byte 11 is the text 0xffffffff[0-9a-f]*, an address of the kernel's code"
like "all of them are counted" "$said" "([0-9]* in all)"
ok "not when they are wanted" hammer --addresses --seconds 0 --only "$promise" /proc/careless
