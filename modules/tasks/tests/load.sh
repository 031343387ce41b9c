#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: what loading writes to the log, unloading while somebody reads, many loads.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/tasks.ko}
name=${KMLAB_MODULE:-tasks}

plan 13

has_param all && has_all=yes
rmmod "$name"
ok "nothing is left in /proc after unload" test ! -e /proc/tasks
sleep 60 &
sleeper=$!
until grep -q "^State:.S" /proc/$sleeper/status; do :; done
klog_mark
insmod "$ko"
log=$(klog_since)
like "loading logs who runs, with its pid: at least who loads" "$log" "pid [0-9]+, .*state R"
unlike "and nobody who sleeps" "$log" "pid $sleeper,"
rmmod "$name"
if [ "${has_all:-}" ]; then
	klog_mark
	insmod "$ko" all=1
	log=$(klog_since)
	like "all=1 logs who sleeps, too" "$log" "pid $sleeper, tgid $sleeper, state S"
	like "and kernel threads" "$log" "pid 2, .*kthreadd"
	rmmod "$name"
	fails "all=maybe: what is neither yes nor no is refused" insmod "$ko" all=maybe
else
	skip "all=1 logs who sleeps, too" "no such parameter"
	skip "and kernel threads" "no such parameter"
	skip "all=maybe: what is neither yes nor no is refused" "no such parameter"
fi
kill $sleeper
insmod "$ko"
is "two files, for root's eyes" "$(stat -c '%a %u %n' /proc/tasks/* | sort | tr '\n' ' ')" \
	"400 0 /proc/tasks/all 400 0 /proc/tasks/running "
fails "a second load is refused" insmod "$ko"
# shellcheck disable=SC2154 # fails sets $said
has "because it exists" "$said" "File exists"
ok "unloading while it is open is refused, or the file ends" reload_while_open /proc/tasks/all
ok "unloading under readers on both CPUs does no harm" reload_under_readers 5 /proc/tasks/all
why "every call of the file, odd ones too, gives an answer and does no harm"
ok "the file keeps its promises under every odd call" hammer --seconds 1 --read /proc/tasks/all
ok "200 times unloaded and loaded" reloads 200
