#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every module of the collection passes its own tests on every kernel named, each in a guest
# of its own. With KMLAB_TEST_ALL also all tests of a module in one guest, and a build of all
# modules in which neither W=1 nor sparse may have anything to say.
. "$(dirname "$0")/lib.sh"

# CPUs that take turns are quicker, for all that does not need two at the very same moment.
turns=--in-turns
[ -z "$KMLAB_TEST_ALL" ] || turns=

cd "$top/modules" || exit 1
modules=
for dir in */; do
	[ ! -e "$dir/Kbuild" ] || modules="$modules ${dir%/}"
done

# shellcheck disable=SC2046,SC2086 # words
run "$KMLAB" test -q $turns -t 300 $(printf -- '-k %s ' $KMLAB_TEST_KERNELS) $modules
relay_table
exits 0 "all modules pass"

# W=1 and sparse in one build of all modules. 7.2's headers are too new for the sparse of its
# suite, and Kbuild says so; no other message is allowed.
builds_clean()
{
	run "$KMLAB" build -q -k "$1" --werror --clean . -- W=1 C=2
	exits 0 "all build on $1 without a warning"
	if grep -q 'C=2 specified, but sparse is not available or not up to date' "$scratch/err"; then
		sed -i '/C=2 specified, but sparse/d' "$scratch/err"
		skip "sparse on $1" "its sparse cannot read its headers"
	fi
	is "$(cat "$scratch/err")" "" "and without a word, from sparse neither"
}

if everything "W=1 and sparse; all tests of a module in one guest"; then
	for k in $KMLAB_TEST_KERNELS; do
		builds_clean "$k"
	done
	for name in $modules; do
		run "$KMLAB" run -q --in-turns -t 300 -k "$(of_name "$name" $KMLAB_TEST_KERNELS)" "$name"
		exits 0 "$name: all its tests in one guest"
	done
fi

run "$KMLAB" test -q $turns -t 300 --json -k $kernel hello
grep -q '"outcome": "pass"' "$scratch/out"
result "results as JSON" $?
grep -q '"cached": true' "$scratch/out"
result "from stored facts" $?
is "$(guests)" 0 "no guest is left"
done_testing
