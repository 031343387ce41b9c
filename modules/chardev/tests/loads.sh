#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: loaded once at a time, and as often as one likes.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/chardev.ko}
node=/dev/chardev

# numbers - the node's, MAJOR:MINOR. stat has them in hexadecimal.
numbers() { echo "$((0x$(stat -c %t $node))):$((0x$(stat -c %T $node)))"; }

plan 5

fails "a second load is refused" insmod "$ko"
# shellcheck disable=SC2154 # fails sets $said
has "as already loaded" "$said" "File exists"
why "what was taken by the load before has to be given back, or the next cannot have it"
ok "200 times unloaded and loaded" reloads 200
ok "the node leads to the device of the last" test -e "/sys/dev/char/$(numbers)/uevent"
like "which works" "$(head -c 4096 $node)" '[0-9]'
