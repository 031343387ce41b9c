#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Everything at once, with each lock, and every byte accounted for.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/asee_mod.ko}
name=${KMLAB_MODULE:-asee_mod}
locks="split mutex spin"
[ -e "/sys/module/$name/parameters/lock" ] || locks=any
[ -e /sys/kernel/asee_mod/interrupt ] || [ -e "/sys/module/$name/parameters/policy" ] ||
	skip_all "reads do not block: step 1 or 2"
command -v asee_stress >/dev/null || skip_all "no asee_stress here"

# shellcheck disable=SC2086 # split into words
set -- $locks
plan $#
for lock; do
	if [ "$lock" != any ]; then
		rmmod "$name"
		insmod "$ko" lock="$lock"
	fi
	why "a signal, an interrupt or a change of the size while tasks sleep or copy loses" \
		"bytes, or somebody's wake-up; asee_stress says what it saw first"
	ok "lock=$lock: nothing is lost, doubled or out of order" asee_stress --seconds 1
done
