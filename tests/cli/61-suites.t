#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A module's tests judge other implementations of its interface: tests/alternatives/SUITE/NAME
# holds right ones and subtly wrong ones, and the file expect says what the suite must answer:
#	outcome=fail|hung	one of these
#	test=reads.c		this one of the suite's tests finds out; without, all are run
#	says=PATTERN		and shows this, an extended regular expression
. "$(dirname "$0")/lib.sh"

# The status of an outcome, as docs/result.md has it.
status_of()
{
	case $1 in
	pass) echo 0 ;;
	fail) echo 1 ;;
	*) sed -n "s/^| \`$1\` | \([0-9]*\) .*/\1/p" "$top/docs/result.md" ;;
	esac
}

# Did the last run end so? "fail|hung" is either: it depends on who notices first.
ends_with()
{
	for one in $(echo "$1" | tr '|' ' '); do
		[ "$status" != "$(status_of "$one")" ] || return 0
	done
	return 1
}

# Each on one kernel, the first on the first, the second on the second and so on: all of
# them on all kernels would take an hour.
turn=0
next_kernel()
{
	turn=$((turn + 1))
	# shellcheck disable=SC2086 # split into names
	set -- $KMLAB_TEST_KERNELS
	shift $((turn % $#))
	k=$1
}

# want KEY: from the file expect.
want()
{
	sed -n "s/^$1=//p" "$dir/expect"
}

for dir in "$top"/tests/alternatives/*/*/; do
	[ -e "$dir/expect" ] || continue
	suite=$(basename "$(dirname "$dir")")
	name=$suite/$(basename "$dir")
	outcome=$(want outcome)
	test=$(want test)
	pattern=$(want says)
	next_kernel
	run "$KMLAB" test -q -t 300 -j 1 -k "$k" ${test:+--only "$test"} \
		--suite "$top/modules/$suite" "$dir"
	ends_with "$outcome"
	result "$name on $k: $outcome (exit $status)" $?
	[ -z "$pattern" ] || {
		grep -Eq -e "$pattern" "$scratch/out"
		result "and says why" $?
	}
done

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
