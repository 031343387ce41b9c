#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: what loading and unloading do to /proc/timer, also while it is in use.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/timer.ko}
name=${KMLAB_MODULE:-timer}
file=/proc/timer

lines() { wc -l <"$file"; }

# Who still has the file open when the module goes: either the module stays, or the open
# file ends in an error, or at once.
unload_while_open()
{
	exec 3<"$file"
	if rmmod "$name" 2>/dev/null; then
		text=$(cat <&3 2>/dev/null)
		exec 3<&-
		insmod "$ko" && [ -z "$text" ]
	else
		text=$(cat <&3)
		exec 3<&-
		[ -n "$text" ]
	fi
}

# Readers on both CPUs all the while. An unload may be refused while one of them is inside.
unload_under_readers()
{
	for cpu in 0 1; do
		taskset $((cpu + 1)) sh -c "while :; do cat $file; done" >/dev/null 2>&1 &
		readers="$readers $!"
	done
	for _ in 1 2 3; do
		rmmod "$name" 2>/dev/null || continue
		insmod "$ko" || break
	done
	# shellcheck disable=SC2086 # two numbers
	kill $readers
	wait
	grep -q "^$name " /proc/modules
}

plan 8

rmmod "$name"
why "the exit function must remove the entry, or it points into memory that is gone"
ok "gone after unload" test ! -e "$file"
insmod "$ko"
why "the state lives and dies with the module"
is "loaded again, the first reading has one line again" "$(lines)" 1
fails "a second load is refused" insmod "$ko"
# shellcheck disable=SC2154 # fails sets $said
has "because it exists" "$said" "File exists"
is "and the first goes on" "$(lines)" 2

why "open files must not lead into a module that is gone: proc_remove() sees to it, a" \
	"release function that frees twice, or never, does not"
ok "unloading while it is open is refused, or the open file ends" unload_while_open
ok "unloading under readers on both CPUs does no harm" unload_under_readers

ok "200 times unloaded and loaded" reloads 200
