#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: what loading writes to the log, the client, the device as a file, many loads.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/translate.ko}
name=${KMLAB_MODULE:-translate}
device=/dev/translate

plan 14

is "the device is root's" "$(stat -c '%a %u' $device)" "600 0"
why "who has the device open may be inside a call: the file must hold the module"
ok "it cannot be unloaded while the device is open" stays_while_open $device
if command -v translatectl >/dev/null; then
	like "the client shows memory of its own" "$(translatectl self)" "anonymous writable"
	like "and whose one says" "$(translatectl $$ 0 1)" "0x000000000000 .*not mapped"
	fails "a process that there is not" translatectl 4194303 0
	fails "words for numbers" translatectl me here
else
	for what in "shows memory" "whose one says" "no process" "words"; do
		skip "client: $what" "no translatectl here"
	done
fi
has_param address && has_address=yes
rmmod "$name"
ok "nothing is left in /dev after unload" test ! -e $device
if [ "${has_address:-}" ]; then
	start=$(sed -n '1s/-.*//p' /proc/1/maps)
	klog_mark
	insmod "$ko" pid=1 address="0x$start"
	like "pid= and address=: loading logs pid, virtual and physical address" \
		"$(klog_since)" "pid 1, virtual 0x0*${start#"${start%%[!0]*}"}, physical 0x[0-9a-f]+"
	rmmod "$name"
	klog_mark
	insmod "$ko" pid=1 address=0
	like "or that it is not mapped" "$(klog_since)" "pid 1, virtual 0x0: not mapped"
	rmmod "$name"
	fails "a process that there is not" insmod "$ko" pid=4194303 address=0
	fails "an address of the kernel" insmod "$ko" pid=1 address=0xffffffff81000000
else
	for what in "logs addresses" "or that it is not mapped" "no process" "the kernel's"; do
		skip "pid= and address=: $what" "no such parameter"
	done
fi
insmod "$ko"
fails "a second load is refused" insmod "$ko"
ok "the device keeps its promises under every odd call" hammer --seconds 1 $device
ok "200 times unloaded and loaded" reloads 200
