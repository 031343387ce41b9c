#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# hammer in guests: good files pass on every kernel, and each of the mistakes that
# tests/hammer can make is noticed.
. "$(dirname "$0")/lib.sh"

hammer=$top/tests/hammer

for k in $KMLAB_TEST_KERNELS; do
	run "$KMLAB" test -q -t 300 -k "$k" --only good "$hammer"
	exits 0 "good files pass on $k"
done

run "$KMLAB" test -q -t 300 -k $kernel --only notices "$hammer"
exits 0 "every mistake is noticed"

# A process that even SIGKILL cannot end is reported, and hammer waits for nothing more.
run "$KMLAB" run -q -t 300 -k $kernel -p mistake=keeps-the-lock "$hammer" -- \
	hammer --quiet --seconds 0 --patience 2 /dev/careless
says "^not ok - .*hung for 2 s in .*not even SIGKILL ends it" "the call that hangs is named"
says "nothing more is tried" "and that is the end"

run "$KMLAB" run -q -t 300 -k $kernel -p mistake=deaf-to-everything "$hammer" -- \
	hammer --quiet --seconds 0 --patience 2 --only "SIGKILL ends a read" /dev/careless
says "^not ok - SIGKILL ends a read.*hung for 2 s in read.*not even SIGKILL" \
	"neither is a wait that knows no signals ended"

# What a count does to the kernel is seen where it happens.
run "$KMLAB" run -q -t 300 -k $kernel -p mistake=count-unchecked "$hammer" -- \
	hammer --quiet --seconds 0 --ioctl --only "its own ioctls take" /dev/careless
says "^not ok - its own ioctls take.*killed by signal 9 in ioctl.fd, 0x40106302, an argument with 0x[0-9a-f]* in it" \
	"a count that crashes is named"
says "touch_last (tables.c" "and where"

run "$KMLAB" test -q -t 300 -k $kernel -- hammer --seconds 0 --only EFAULT /dev/zero
exits 0 "it is a test of its own"

# The program alone, here on the host.
program=$(dirname "$KMLAB")/../guest/hammer
run "$program" --help
exits 0 "--help"
says "hammer --read --stable" "has examples"
run "$program"
exits 2 "no path"
run "$program" --seconds many /dev/null
exits 2 "a word where a number is wanted"
run "$program" --frobnicate /dev/null
exits 2 "an unknown option"
run "$program" "$scratch"
exits 2 "a directory"
run "$program" "$scratch/nothing"
exits 2 "nothing"
run "$program" --seconds 0 --seed 5 /dev/zero
exits 0 "a harmless file, also here"
says "^# hammer --seed 5: a character device" "names its seed"
says "^# 0 of [0-9]* promises broken" "counts"
is "$(sed -n 's/^1\.\.//p' "$scratch/out")" "$(grep -c '^ok - ' "$scratch/out")" "is whole KTAP"
run "$program" --quiet --seconds 0 /dev/zero
is "$(cat "$scratch/out")" "" "--quiet is quiet when nothing is wrong"
is "$(guests)" 0 "no guest is left"
done_testing
