#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kmlab clean, doctor, kernel: over a cache of our own.
. "$(dirname "$0")/lib.sh"
real=${KMLAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kmlab}

run "$KMLAB" doctor
exits 0 "this machine is fit"
says 'qemu' "doctor looks at QEMU"
says 'accelerator' "and measures the accelerator"
run "$KMLAB" doctor --json
says '"check": "build sandbox"' "doctor speaks JSON"

for k in $KMLAB_TEST_KERNELS; do
	run "$KMLAB" kernel list
	says "^$k " "$k is listed"
	run "$KMLAB" kernel show "$k"
	exits 0 "$k is shown"
done
run "$KMLAB" kernel show debian/4.4
[ "$status" -ne 0 ]
result "a kernel that is not there is not shown" $?

export KMLAB_CACHE=$scratch/cache
mkdir -p "$KMLAB_CACHE"
ln -s "$real/kernels" "$real/roots" "$KMLAB_CACHE/"
run "$KMLAB" build -q -k $kernel "$top/modules/hello"
exits 0 "a build in a cache of links"
[ -n "$(ls "$KMLAB_CACHE/builds")" ]
result "is there" $?
run "$KMLAB" clean
exits 0 "clean"
[ -n "$(ls "$KMLAB_CACHE/builds")" ]
result "keeps what is young and small" $?
run "$KMLAB" clean --max-size 0 --dry-run
says 'would remove builds/' "a dry run says what would go"
[ -n "$(ls "$KMLAB_CACHE/builds")" ]
result "and removes nothing" $?
run "$KMLAB" clean --max-size 0
is "$(ls "$KMLAB_CACHE/builds")" "" "a size limit removes the oldest"
run "$KMLAB" clean --max-size lots
exits 2 "a size that is none"
done_testing
