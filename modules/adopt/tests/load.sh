#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: the programs of the document, unloading while open, the device, many loads.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/adopt.ko}
name=${KMLAB_MODULE:-adopt}
device=/dev/adopt

plan 9

is "the device is root's" "$(stat -c '%a %u' $device)" "600 0"
why "who has the device open may be inside a call: the file must hold the module"
ok "it cannot be unloaded while the device is open" stays_while_open $device
if command -v adopt_station >/dev/null; then
	said=$(adopt_station 40)
	is "forty soldiers end, and the station has waited for each" \
		"$(echo "$said" | grep -c 'by wait()')" 40
	like "SIGCHLD came" "$said" "^[1-9][0-9]* signals"
	said=$(adopt_station --watch 40)
	is "or was told of each by the device" "$(echo "$said" | grep -c 'by the device')" 40
else
	for what in "forty soldiers" "SIGCHLD came" "told by the device"; do
		skip "$what" "no adopt_station here"
	done
fi
rmmod "$name"
ok "nothing is left in /dev after unload" test ! -e $device
insmod "$ko"
fails "a second load is refused" insmod "$ko"
ok "the device keeps its promises under every odd call" hammer --seconds 1 $device
ok "200 times unloaded and loaded" reloads 200
