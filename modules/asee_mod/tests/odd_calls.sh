#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Everything a program may do to a file, and everything at once.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/asee_mod.ko}
name=${KMLAB_MODULE:-asee_mod}
parameters=/sys/module/$name/parameters
checks="policy=block policy=overwrite"

plan 2

for parameter in $checks; do
	what="$parameter: the device keeps its promises under every odd call"
	if [ ! -e "$parameters/${parameter%=*}" ]; then
		skip "$what" "no such parameter"
	elif ! command -v hammer >/dev/null; then
		skip "$what" "no hammer here"
	else
		rmmod "$name"
		insmod "$ko" "$parameter"
		ok "$what" hammer --seconds 1 --read --write /dev/asee_mod
	fi
done
