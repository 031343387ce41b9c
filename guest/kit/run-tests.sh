#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs every test named on the command line, in this one guest, and prints one KTAP
# document: each test is a subtest, whatever it speaks itself.
echo "KTAP version 1"
echo "1..$#"
number=0
failed=0

# Each test may count on a module freshly loaded, whatever the one before did with it.
reload() {
	rmmod "$KMLAB_MODULE" 2>/dev/null
	[ -d "/sys/module/$KMLAB_MODULE" ] || insmod "$KMLAB_KO" "$KMLAB_PARAMS"
}

for test in "$@"; do
	number=$((number + 1))
	name=${test##*/}
	out=/tmp/.test-output
	[ $number -eq 1 ] || reload
	case $test in
	*.sh) sh "$test" >$out 2>&1 ;;
	*) "$test" >$out 2>&1 ;;
	esac
	status=$?
	sed 's/^/    /' $out
	if [ $status -eq 0 ]; then
		echo "ok $number ${name%.sh}"
	else
		echo "not ok $number ${name%.sh}"
		failed=1
	fi
done
exit $failed
