#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: loading and unloading, also while /proc/hello_procfs is in use.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/hello_procfs.ko}
name=${KMLAB_MODULE:-hello_procfs}
file=/proc/hello_procfs

# A file that never ends must not keep the test: nobody reads more than this.
some() { head -c 300; }

plan 7

fails "a second load is refused" insmod "$ko"
# shellcheck disable=SC2154 # fails sets $said
has "because it is there already" "$said" "File exists"

# Unload while the file is open: refused, or the open file is dead afterwards.
open_unload()
{
	exec 3<"$file"
	if rmmod "$name" 2>/dev/null; then
		some <&3 >/tmp/after 2>/dev/null
		exec 3<&-
		[ ! -s /tmp/after ] || { echo "read after unload: $(cat /tmp/after)"; return 1; }
		insmod "$ko"
	else
		some <&3 >/dev/null
		exec 3<&-
	fi
}
why "it is refused, or safe: remove_proc_entry() waits for running calls and ends all others"
ok "unload while the file is open is refused or safe" open_unload

# Unload while somebody reads all the time.
busy_unload()
{
	while [ -e /tmp/busy ]; do
		some <"$file"
	done >/dev/null 2>&1 &
	busy=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		rmmod "$name" 2>/dev/null
		[ -d "/sys/module/$name" ] || insmod "$ko" || return 1
	done
	rm /tmp/busy
	wait "$busy" || : # its last read may have met the file gone
}
touch /tmp/busy
ok "unload and load while others read" busy_unload
rm -f /tmp/busy

ok "200 times unloaded and loaded" reloads 200

ok "it can be unloaded" rmmod "$name"
ok "and then the file is gone" test ! -e "$file"
