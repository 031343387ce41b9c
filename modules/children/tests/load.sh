#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: what loading writes to the log, unloading while somebody asks, many loads.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/children.ko}
name=${KMLAB_MODULE:-children}
file=/proc/children

ask_for_ever()
{
	while :; do
		exec 3<>"$file" && echo 1 >&3 && cat <&3
	done >/dev/null 2>&1
}

reload_under_askers()
{
	ask_for_ever &
	one=$!
	ask_for_ever &
	reload_under 5 $one $!
}

plan 14

is "for root's eyes only" "$(stat -c '%a %u' $file)" "600 0"
sleep 60 &
child=$!
until grep -q "^State:.S" /proc/$child/status; do :; done
exec 3<>"$file"
echo $$ >&3
like "by hand: write a pid, read the answer" "$(cat <&3)" "^$child S sleep$"
exec 3<&-

has_param pid && has_pid=yes
rmmod "$name"
ok "nothing is left in /proc after unload" test ! -e "$file"
if [ "${has_pid:-}" ]; then
	klog_mark
	insmod "$ko" pid=$$
	like "pid=: loading logs the children, with state" "$(klog_since)" \
		"pid $child, state S, sleep"
	rmmod "$name"
	klog_mark
	fails "pid=: a process that there is not" insmod "$ko" pid=4194303
	has "is refused as such" "$(klog_since)" "no such process"
	fails "pid=-1 is refused" insmod "$ko" pid=-1
	fails "pid=me is refused" insmod "$ko" pid=me
else
	for what in "loading logs the children" "a process that there is not" \
		"is refused as such" "-1 is refused" "me is refused"; do
		skip "pid=: $what" "no such parameter"
	done
fi
kill $child
insmod "$ko"
fails "a second load is refused" insmod "$ko"
# shellcheck disable=SC2154 # fails sets $said
has "because it exists" "$said" "File exists"
ok "unloading while it is open is refused, or the file ends" reload_while_open "$file" w
ok "unloading while others ask does no harm" reload_under_askers
why "every call of the file, odd ones too, gives an answer and does no harm"
ok "the file keeps its promises under every odd call" hammer --seconds 1 --read $file
ok "200 times unloaded and loaded" reloads 200
