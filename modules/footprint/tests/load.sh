#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: what loading writes to the log, the client, unloading while open, many loads.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/footprint.ko}
name=${KMLAB_MODULE:-footprint}
file=/proc/footprint

plan 13

is "for root's eyes only" "$(stat -c '%a %u' $file)" "600 0"
exec 3<>"$file"
echo 1 >&3
like "by hand: write a pid, read the answer" "$(cat <&3)" "^virtual $(cut -d' ' -f23 /proc/1/stat)$"
exec 3<&-
if command -v footprint_steps >/dev/null; then
	steps=$(footprint_steps)
	like "the program of the document: 64 MiB allocated, none of them there" \
		"$steps" "^8.allocate.*\+67108864.\+[0-9]{1,6}$"
	like "written, they are" "$steps" "^16.write.*\+67108864.\+67[0-9]{6}$"
else
	skip "the program of the document" "no footprint_steps here"
	skip "written, they are" "no footprint_steps here"
fi
has_param pid && has_pid=yes
rmmod "$name"
ok "nothing is left in /proc after unload" test ! -e "$file"
if [ "${has_pid:-}" ]; then
	klog_mark
	insmod "$ko" pid=1
	like "pid=: loading logs both sizes" "$(klog_since)" \
		"pid 1: virtual $(cut -d' ' -f23 /proc/1/stat) bytes, resident [0-9]+ bytes"
	rmmod "$name"
	fails "pid=: a process that there is not is refused" insmod "$ko" pid=4194303
	fails "pid=2: so is one without memory" insmod "$ko" pid=2
else
	for what in "loading logs both" "no process" "no memory"; do
		skip "pid=: $what" "no such parameter"
	done
fi
insmod "$ko"
fails "a second load is refused" insmod "$ko"
ok "unloading while it is open is refused, or the file ends" reload_while_open "$file" w
ok "unloading under readers on both CPUs does no harm" reload_under_readers 5 "$file"
why "every call of the file, odd ones too, gives an answer and does no harm"
ok "the file keeps its promises under every odd call" hammer --seconds 1 --read $file
ok "200 times unloaded and loaded" reloads 200
