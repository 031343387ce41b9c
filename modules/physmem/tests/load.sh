#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: the client, unloading while open, the device as a file, many loads.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/physmem.ko}
name=${KMLAB_MODULE:-physmem}
device=/dev/physmem

plan 8

is "the device is root's" "$(stat -c '%a %u' $device)" "600 0"
why "who has the device open may be inside a call: the file must hold the module"
ok "it cannot be unloaded while the device is open" stays_while_open $device
if command -v physmemctl >/dev/null; then
	like "the program of the document sees the change" "$(physmemctl demo)" \
		"after writing 'b' there, at .* there is 'b'"
	fails "an address that is not this program's" physmemctl read 0x1000
else
	skip "the program of the document" "no physmemctl here"
	skip "an address that is not this program's" "no physmemctl here"
fi
rmmod "$name"
ok "nothing is left in /dev after unload" test ! -e $device
insmod "$ko"
fails "a second load is refused" insmod "$ko"
ok "the device keeps its promises under every odd call" hammer --seconds 1 $device
ok "200 times unloaded and loaded" reloads 200
