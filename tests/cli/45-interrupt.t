#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Ctrl-C and kill -9 at any moment: no orphan, no half-written cache entry, and the next
# run works. The moments are spread over everything a first run does.
. "$(dirname "$0")/lib.sh"
cache=$scratch/cache
mkdir -p "$cache"

# The kernel and its build root are shared with the real cache; what is interrupted here
# is the making of templates and builds, and runs.
real=${KMLAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kmlab}
ln -s "$real/kernels" "$real/roots" "$cache/"
export KMLAB_CACHE=$cache

staged() {
	find "$cache/templates" "$cache/builds" -maxdepth 1 -name '.stage-*' 2>/dev/null | wc -l
}

# One CPU: many boots, and a quick one each.
moments="0.1 1 3"
! everything "more moments" || moments="0.02 0.1 0.3 1 2 4"
for moment in $moments; do
	for signal in INT KILL; do
		status=0
		"$KMLAB" run -q -c 1 -k $kernel "$top/modules/hello" >"$scratch/out" 2>"$scratch/err" &
		pid=$!
		sleep $moment
		kill -$signal $pid 2>/dev/null
		wait $pid || status=$?
		tries=0
		while [ "$(guests)" -gt 0 ] && [ $tries -lt 600 ]; do
			sleep 0.1
			tries=$((tries + 1))
		done
		is "$(guests)" 0 "SIG$signal after $moment s: no guest is left"
		if [ $signal = INT ]; then
			case $status in
			0 | 130) result "ends as interrupted" 0 ;;
			*) result "ends as interrupted, not with $status" 1 ;;
			esac
			is "$(staged)" 0 "and leaves nothing half-written"
		fi
		"$KMLAB" clean >/dev/null
		is "$(staged)" 0 "nothing half-written outlives the next clean"
	done
done

run "$KMLAB" run -c 1 -k $kernel "$top/modules/hello"
exits 0 "the next run works"

# A damaged template is made again, not trusted.
for ram in "$cache"/templates/*/ram; do
	truncate -s 4096 "$ram"
done
run "$KMLAB" run -c 1 -k $kernel "$top/modules/hello"
exits 0 "a damaged template is made again"

# Two at once on an empty cache make one template.
rm -rf "$cache/templates" "$cache/builds"
"$KMLAB" run -q -c 1 -k $kernel "$top/modules/hello" >"$scratch/first" 2>&1 &
pid=$!
run "$KMLAB" run -q -c 1 -k $kernel "$top/modules/hello"
exits 0 "one of two first runs"
wait $pid
result "the other of two first runs" $?
is "$(find "$cache/templates" -mindepth 1 -maxdepth 1 | wc -l)" 1 "one template"

everything "adding a kernel" || done_testing

# Adding a kernel: killed in the download, the unpacking, wherever; then two at once.
export KMLAB_CACHE="$scratch/adds"
mkdir "$KMLAB_CACHE"
for moment in 0.5 2 4 7; do
	"$KMLAB" kernel add -q $kernel >"$scratch/out" 2>"$scratch/err" &
	pid=$!
	sleep $moment
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
	run "$KMLAB" kernel list
	exits 0 "after SIGKILL at $moment s the cache can be read"
	for entry in "$KMLAB_CACHE"/kernels/*/; do
		[ ! -d "$entry" ] || [ -f "$entry/kernel.json" ]
		result "and has no half kernel" $?
	done
done
"$KMLAB" kernel add -q $kernel >"$scratch/first" 2>&1 &
pid=$!
run "$KMLAB" kernel add -q $kernel
exits 0 "one of two adds at once"
wait $pid
result "the other of two adds at once" $?
is "$(find "$KMLAB_CACHE/kernels" -mindepth 1 -maxdepth 1 | wc -l)" 1 "one kernel, nothing half-made"
run env http_proxy=http://127.0.0.1:9 "$KMLAB" run --offline -k $kernel "$top/modules/hello"
exits 0 "which works offline"

done_testing
