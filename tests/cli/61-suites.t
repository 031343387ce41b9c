#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A module's tests judge other implementations of its interface: tests/alternatives/SUITE/NAME
# holds right ones and subtly wrong ones, and the file expect says what the suite must answer:
#	outcome=test-failed|hung	one of these (docs/result.md)
#	test=reads.c			this one of the suite's tests finds out
#	says=PATTERN			and shows this, an extended regular expression
#	at_once=yes			what is wrong needs two CPUs at the very same moment
# Each is judged on one kernel, which its name decides. 'make check' asks the one test only;
# with KMLAB_TEST_ALL each gets the whole suite.
. "$(dirname "$0")/lib.sh"

# want KEY: from the file expect.
want()
{
	sed -n "s/^$1=//p" "$dir/expect"
}

# what_is_wrong: with the file expect, or nothing.
what_is_wrong()
{
	if [ ! -e "$dir/expect" ]; then
		echo "there is no file 'expect'"
	elif [ "$(grep -c '^outcome=.' "$dir/expect")" != 1 ]; then
		echo "no outcome, or more than one"
	else
		grep -v -e '^\(outcome\|test\|says\)=.' -e '^at_once=yes$' "$dir/expect"
		case $test in
		'' | *.c | *.sh) ;;
		*) echo "'$test' is no test" ;;
		esac
		[ -z "$test" ] || [ -f "$top/modules/$suite/tests/$test" ] ||
			echo "the suite has no test '$test'"
		case $outcome in
		pass\|* | *\|pass | *\|pass\|*) echo "right or wrong?" ;;
		esac
		[ -n "$test$KMLAB_TEST_ALL" ] || case $outcome in
		pass | build-error) ;;
		*) echo "no test that finds out" ;;
		esac
	fi
}

# kernel_of SUITE/NAME: the one on which it is judged.
kernel_of()
{
	# shellcheck disable=SC2086 # names of kernels
	of_name "$1" $KMLAB_TEST_KERNELS
}

# together KERNEL: those that one build for it can have, as SUITE/NAME. Two modules of one
# name it cannot, nor two that export the same.
together()
{
	(cd "$top/tests/alternatives" && grep -L '^outcome=build-error' ./*/*/expect) |
		sed 's|^\./\(.*\)/expect$|\1|' |
		while read -r one; do
			[ "$(kernel_of "$one")" != "$1" ] ||
				sed -n "s|^obj-m *:= *\([^ ]*\)\.o\$|$one \1|p" \
					"$top/tests/alternatives/$one/Kbuild"
		done | awk '!seen[$2]++ { print $1 }'
}

# build_together: all .ko files that are built at once, into $scratch/kos.
build_together()
{
	: >"$scratch/kos"
	for k in $KMLAB_TEST_KERNELS; do
		run "$KMLAB" build -q -k "$k" "$top/tests/alternatives" -- \
			ALTERNATIVES="$(together "$k" | paste -sd ' ')"
		exits 0 "many are built for $k at once"
		cat "$scratch/out" >>"$scratch/kos"
	done
}

# built: the .ko file of $dir, if it is one of those, else the folder.
built()
{
	grep "/$name/[^/]*\.ko\$" "$scratch/kos" || echo "$dir"
}

# by_that_test: $dir must get its outcome from the one test, or from each of all of them.
by_that_test()
{
	run "$KMLAB" test -q $in_turns -t 300 -k "$k" --expect "$outcome" \
		${test:+--only "$test"} --suite "$top/modules/$suite" "$(built)"
	exits 0 "$name on $k: $outcome"
}

# by_all_tests: whatever the others say, the one test is among those that find out.
by_all_tests()
{
	run "$KMLAB" test -q $in_turns -t 300 -k "$k" --suite "$top/modules/$suite" "$(built)"
	[ "$status" -ne 0 ] &&
		grep -q "  $test  *\($(echo "$outcome" | sed 's/|/\\|/g')\) " "$scratch/out"
	result "$name on $k, by its whole suite: $outcome" $?
}

judge()
{
	k=$(kernel_of "$name")
	in_turns=--in-turns
	! grep -q '^at_once=yes$' "$dir/expect" || in_turns=
	if [ -n "$test" ] && [ -n "$KMLAB_TEST_ALL" ] &&
		[ "$(find "$top/modules/$suite/tests" -name '*.sh' -o -name '*.c' | wc -l)" -gt 1 ]; then
		by_all_tests
	else
		by_that_test
	fi
	[ -z "$pattern" ] || {
		grep -Eq -e "$pattern" "$scratch/out"
		result "and says why" $?
	}
}

build_together
right=0
for dir in "$top"/tests/alternatives/*/*/; do
	suite=$(basename "$(dirname "$dir")")
	name=$suite/$(basename "$dir")
	outcome=$(want outcome) test=$(want test) pattern=$(want says)
	is "$(what_is_wrong)" "" "$name says what it expects"
	if [ "$outcome" = pass ] && [ -z "$KMLAB_TEST_ALL" ]; then
		right=$((right + 1))
		continue
	fi
	judge
done 2>"$scratch/trouble"
is "$(cat "$scratch/trouble")" "" "no trouble with the files"
[ $right -eq 0 ] || everything "the $right right ones, each with its whole suite"

# What a user types, and what a suite that is not there says.
cd "$top" || exit 1
run "$KMLAB" build -q -k $kernel tests/alternatives/timer/seqfile
run "$KMLAB" test -q -t 300 -k $kernel --suite timer "$(cat "$scratch/out")"
exits 0 "a bare .ko, judged by a suite's name"
run "$KMLAB" test -q -k $kernel --suite nosuch "$top/modules/hello"
exits 2 "an unknown suite"
says "'nosuch' has no tests" "is named"
is "$(guests)" 0 "no guest is left"
done_testing
