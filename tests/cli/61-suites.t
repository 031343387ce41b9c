#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A module's tests judge other implementations of its interface: modules/SUITE/alternatives has
# right ones and subtly wrong ones, one .c file each, and the first comment of each says what the
# suite must answer:
#	expect:
#		outcome=test-failed|hung	one of these (docs/result.md)
#		test=reads.c			this one of the suite's tests finds out
#		says=PATTERN			and shows this, an extended regular expression
#		at_once=yes			what is wrong needs two CPUs at the very same moment
#		with=plugin			it is half of a pair; the other is plugin.c beside it
# Each is judged on one kernel, which its name decides. 'make check' asks the one test only;
# with KMLAB_TEST_ALL each gets the whole suite. Names as arguments, "timer" or "timer/seqfile":
# only those, and of them the right ones as well.
. "$(dirname "$0")/lib.sh"

# file_of SUITE/NAME
file_of()
{
	echo "$top/modules/${1%/*}/alternatives/${1##*/}.c"
}

# want KEY: from what $name expects.
want()
{
	expectation "$(file_of "$name")" | sed -n "s/^$1=//p"
}

# what_is_wrong: with the expectation of $name, or nothing.
what_is_wrong()
{
	expectation "$(file_of "$name")" >"$scratch/expect"
	[ "$(grep -c '^outcome=.' "$scratch/expect")" = 1 ] || echo "no outcome, or more than one"
	grep -v -e '^\(outcome\|test\|says\|with\)=.' -e '^at_once=yes$' "$scratch/expect"
	grep -o '^[a-z_]*=' "$scratch/expect" | sort | uniq -d | sed 's/$/ twice/'
	case $test in
	'' | *.c | *.sh) ;;
	*) echo "'$test' is no test" ;;
	esac
	[ -z "$test" ] || [ -f "$top/modules/$suite/tests/$test" ] ||
		echo "the suite has no test '$test'"
	[ -z "$with" ] || [ -f "$(file_of "$suite/$with")" ] || echo "there is no '$with.c'"
	case $outcome in
	pass\|* | *\|pass | *\|pass\|*) echo "right or wrong?" ;;
	esac
	[ -n "$test$KMLAB_TEST_ALL" ] || case $outcome in
	pass | build-error) ;;
	*) echo "no test that finds out" ;;
	esac
}

# is_other_half SUITE/NAME: of a pair, without an expectation of its own.
is_other_half()
{
	[ -z "$(expectation "$(file_of "$1")")" ] &&
		grep -q "^ \*	with=${1##*/}\$" "$top/modules/${1%/*}"/alternatives/*.c
}

# all_of SUITE|SUITE/NAME...: each alternative of those as SUITE/NAME, a line each.
all_of()
{
	for one; do
		case $one in
		*/*) echo "$one" ;;
		*) find "$top/modules/$one/alternatives" -name '*.c' |
			sed 's|.*/modules/\(.*\)/alternatives/\(.*\)\.c$|\1/\2|' | sort ;;
		esac
	done | while read -r one; do
		is_other_half "$one" || echo "$one"
	done
}

# kernel_of SUITE/NAME: the one on which it is judged.
kernel_of()
{
	# shellcheck disable=SC2086 # names of kernels
	of_name "$1" $KMLAB_TEST_KERNELS
}

# together KERNEL: those that one build for it can have. Two modules of one name it cannot;
# nor pairs, whose halves export and use the same symbols.
together()
{
	while read -r one; do
		[ "$(kernel_of "$one")" != "$1" ] ||
			grep -q '^ \*	\(with=\|outcome=build-error\)' "$(file_of "$one")" ||
			echo "$one"
	done <"$scratch/names" | awk -F/ '!seen[$2]++'
}

# build_together: all .ko files that are built at once, into $scratch/kos.
build_together()
{
	: >"$scratch/kos"
	for k in $KMLAB_TEST_KERNELS; do
		these=$(together "$k" | paste -sd ' ')
		[ -n "$these" ] || continue
		run "$KMLAB" build -q -k "$k" "$top/modules" -- ALTERNATIVES="$these"
		exits 0 "many are built for $k at once"
		cat "$scratch/out" >>"$scratch/kos"
	done
}

# tested WORD...: 'kmlab test' with the suite and these words on $name: the .ko file, if it is
# one of those; the two halves of a pair; else the file.
tested()
{
	set -- "$KMLAB" test -q -t 300 -k "$k" --suite "$top/modules/$suite" "$@"
	if [ -n "$with" ]; then
		run "$@" --make "ALTERNATIVES=$name $suite/$with" "$top/modules"
	else
		run "$@" "$(grep "/$suite/alternatives/${name##*/}\.ko\$" "$scratch/kos" ||
			file_of "$name")"
	fi
}

# by_that_test: $name must get its outcome from the one test, or from each of all of them.
by_that_test()
{
	tested $in_turns --expect "$outcome" ${test:+--only "$test"}
	exits 0 "$name on $k: $outcome"
}

# by_all_tests: whatever the others say, the one test is among those that find out.
by_all_tests()
{
	tested $in_turns
	[ "$status" -ne 0 ] &&
		grep -q "  $test  *\($(echo "$outcome" | sed 's/|/\\|/g')\) " "$scratch/out"
	result "$name on $k, by its whole suite: $outcome" $?
}

judge()
{
	k=$(kernel_of "$name")
	in_turns=--in-turns
	[ "$(want at_once)" != yes ] || in_turns=
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

# suites: that have alternatives.
suites()
{
	for dir in "$top"/modules/*/alternatives; do
		basename "$(dirname "$dir")"
	done
}

named=$*
# shellcheck disable=SC2046 # names of folders
[ -n "$named" ] || set -- $(suites)
all_of "$@" >"$scratch/names" 2>"$scratch/trouble"
build_together
right=0
while read -r name; do
	suite=${name%/*}
	outcome=$(want outcome) test=$(want test) pattern=$(want says) with=$(want with)
	is "$(what_is_wrong)" "" "$name says what it expects"
	if [ "$outcome" = pass ] && [ -z "$KMLAB_TEST_ALL$named" ]; then
		right=$((right + 1))
		continue
	fi
	judge
done <"$scratch/names" 2>>"$scratch/trouble"
is "$(cat "$scratch/trouble")" "" "no trouble with the files"
[ $right -eq 0 ] || everything "the $right right ones, each with its whole suite"

# What a user types, and what a suite that is not there says.
[ -n "$named" ] || {
	cd "$top" || exit 1
	run "$KMLAB" build -q -k $kernel modules/timer/alternatives/seqfile.c
	run "$KMLAB" test -q -t 300 -k $kernel --suite timer "$(cat "$scratch/out")"
	exits 0 "a bare .ko, judged by a suite's name"
	run "$KMLAB" test -q -k $kernel --suite nosuch "$top/modules/hello"
	exits 2 "an unknown suite"
	says "'nosuch' has no tests" "is named"
}
is "$(guests)" 0 "no guest is left"
done_testing
