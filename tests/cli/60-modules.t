#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every module of the collection: no warning with W=1, and its own tests, on every kernel.
. "$(dirname "$0")/lib.sh"

for k in $KMLAB_TEST_KERNELS; do
	for dir in "$top"/modules/*/; do
		[ -e "$dir/Kbuild" ] || continue
		name=$(basename "$dir")
		run "$KMLAB" build -q -k "$k" --werror --clean "$dir" -- W=1
		exits 0 "$name builds on $k without a warning"
		is "$(cat "$scratch/err")" "" "and without a word"
		run "$KMLAB" test -q -k "$k" "$dir"
		exits 0 "$name passes its tests on $k"
		run "$KMLAB" run -q -k "$k" "$dir"
		exits 0 "and all of them in one guest"
	done
done

run "$KMLAB" test -q --json -k $kernel "$top/modules/hello"
grep -q '"outcome": "pass"' "$scratch/out"
result "results as JSON" $?
is "$(guests)" 0 "no guest is left"
done_testing
