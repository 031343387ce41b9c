#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every module of the collection: no warning with W=1, nothing for sparse to say, and its
# own tests, on every kernel.
. "$(dirname "$0")/lib.sh"

# W=1 and sparse in one build. 7.2's headers are too new for the sparse of its suite, and
# Kbuild says so; everything else that is said is too much.
builds_clean()
{
	run "$KMLAB" build -q -k "$1" --werror --clean "$dir" -- W=1 C=2
	exits 0 "$name builds on $1 without a warning"
	if grep -q 'C=2 specified, but sparse is not available or not up to date' "$scratch/err"; then
		sed -i '/C=2 specified, but sparse/d' "$scratch/err"
		skip "sparse on $1" "its sparse cannot read its headers"
	fi
	is "$(cat "$scratch/err")" "" "and without a word, from sparse neither"
}

# shellcheck disable=SC2046 # one option per kernel
set -- $(printf -- '-k %s ' $KMLAB_TEST_KERNELS)
for dir in "$top"/modules/*/; do
	[ -e "$dir/Kbuild" ] || continue
	name=$(basename "$dir")
	for k in $KMLAB_TEST_KERNELS; do
		builds_clean "$k"
	done
	# One guest at a time: a second one, of another test file, keeps two CPUs busy, and more
	# of them spend their time in waiting for each other's interrupts.
	run "$KMLAB" test -q -t 300 -j 1 "$@" "$dir"
	exits 0 "$name passes its tests on every kernel"
	[ "$status" -eq 0 ] || sed -n '/^$/,$p' "$scratch/out" | head -200 | sed 's/^/# /'
	run "$KMLAB" run -q -t 300 -k $kernel "$dir"
	exits 0 "and all of them in one guest"
done

run "$KMLAB" test -q -t 300 --json -k $kernel "$top/modules/hello"
grep -q '"outcome": "pass"' "$scratch/out"
result "results as JSON" $?
is "$(guests)" 0 "no guest is left"
done_testing
