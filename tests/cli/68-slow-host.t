#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A machine that is busy, or stands still, changes no verdict: limits are counted in time
# that the guest could use.
. "$(dirname "$0")/lib.sh"
hello=$top/modules/hello

ours() {
	for pid in $(pgrep -f qemu-system); do
		tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" |
			grep -qx "KMLAB_TESTED_BY=$KMLAB_TESTED_BY" && echo "$pid"
	done
}

run "$KMLAB" run -q -k $kernel "$hello"
exits 0 "a module passes"

# The machine is stopped for longer than the limit, and for longer than the guest's own
# watchdogs wait. The command sleeps long enough to be stopped meanwhile.
"$KMLAB" run -q -t 10 -k $kernel "$hello" -- sh -c 'echo begun; sleep 5; echo done' \
	>"$scratch/out" 2>"$scratch/err" </dev/null &
pid=$!
while ! grep -q begun "$scratch/out" && kill -0 $pid; do sleep 0.05; done
stopped="$pid $(ours)"
# shellcheck disable=SC2086 # two processes
kill -STOP $stopped
sleep 20
# shellcheck disable=SC2086
kill -CONT $stopped
status=0
wait $pid || status=$?
exits 0 "it passes also when the machine stops for 20 s and its limit is 10"
says '^done$' "and its command comes to its end"

# 15 busy loops and this test on one CPU: it gets a sixteenth. The guest has work for a part
# of a second only, and a limit that it would reach. Other CPUs are left to other tests.
cat >"$scratch/work" <<'END'
i=0
while [ $i -lt 20000 ]; do i=$((i + 1)); done
END
cpu=$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')
busy() {
	loops=
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		taskset -c "$cpu" sh -c 'while :; do :; done' &
		loops="$loops $!"
	done
	"$@"
	# shellcheck disable=SC2086
	kill $loops
}
trap 'kill $loops 2>/dev/null; rm -rf "$scratch"' EXIT
busy run taskset -c "$cpu" "$KMLAB" run -q -t 6 -k $kernel --in "$scratch/work:/work" "$hello" \
	-- sh /work
exits 0 "on a busy machine it passes"

# A guest that could use its time is ended at the limit, as ever.
run "$KMLAB" run -q -t 3 -k $kernel "$hello" -- sleep 1000
exits 106 "a command that does not end is ended"
run "$KMLAB" run -q -t 3 -k $kernel "$hello" -- sh -c 'while :; do :; done'
exits 106 "also one that is busy"
is "$(guests)" 0 "no guest is left"
done_testing
