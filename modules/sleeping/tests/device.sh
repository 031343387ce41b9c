#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: the device as a user meets it at the shell, and what loading and unloading
# leave behind.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/sleeping.ko}
name=${KMLAB_MODULE:-sleeping}
dev=/dev/sleeping
counts=/sys/class/misc/sleeping

# sleepers N - waits until so many tasks sleep.
sleepers()
{
	for _ in $(seq 1000); do
		[ "$(cat $counts/sleepers)" = "$1" ] && return 0
		usleep 10000
	done
	return 1
}

plan 15

ok "the device is there" test -c $dev
like "its number is that in /sys" "$(cat $counts/dev)" '^10:[0-9]+$'
is "nobody sleeps" "$(cat $counts/sleepers)" 0
is "there was no wake-up yet" "$(cat $counts/wakeups)" 0

timeout 10 cat $dev >/tmp/first &
first=$!
timeout 10 cat $dev >/tmp/second &
second=$!
ok "two readers sleep" sleepers 2
echo >$dev
why "cat ends at the end of the file; one write wakes all"
wait $first
is "a write wakes the first" $? 0
wait $second
is "and the second" $? 0
is "the first reads the number of the wake-up" "$(cat /tmp/first)" 1
is "and so does the second" "$(cat /tmp/second)" 1
is "it is counted" "$(cat $counts/wakeups)" 1

exec 3<$dev
is "an open file is a reference to the module" "$(cat "/sys/module/$name/refcnt")" 1
fails "which cannot be unloaded then" rmmod "$name"
exec 3<&-

fails "a second load is refused" insmod "$ko"
rmmod "$name"
ok "the device goes with the module" test ! -e $dev
insmod "$ko"
ok "and comes back" test -c $dev
