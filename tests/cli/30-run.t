#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kmlab run: streams, status, files, parameters, formats, several kernels.
. "$(dirname "$0")/lib.sh"
hello=$top/modules/hello
params=$top/modules/params

run "$KMLAB" run -k $kernel "$hello"
exits 0 "hello passes"
says '^PASS' "and says so"
run "$KMLAB" build -q -k $kernel "$hello"
ko=$(cat "$scratch/out")
run "$KMLAB" run -k $kernel "$ko" -- uname -r
exits 0 "a .ko and a command"
is "$(cat "$scratch/out")" "$("$KMLAB" kernel show --json $kernel | sed -n 's/.*"release": "\(.*\)".*/\1/p')" \
	"the command's output is all of stdout"

cp "$hello/hello.c" "$scratch/single.c"
before=$(find "$scratch" -name 'single*')
run "$KMLAB" run -k $kernel "$scratch/single.c"
exits 0 "a single .c file, without any Kbuild file"
is "$(find "$scratch" -name 'single*')" "$before" "nothing is written beside it"

# Streams: apart, binary-clean, in full, in both directions.
head -c 3000000 /dev/urandom >"$scratch/blob"
status=0
"$KMLAB" run -q -k $kernel -- sh -c 'tee /tmp/copy; md5sum </tmp/copy >&2' \
	<"$scratch/blob" >"$scratch/out" 2>"$scratch/err" || status=$?
exits 0 "three megabytes through stdin and stdout"
cmp -s "$scratch/blob" "$scratch/out"
result "come back byte for byte" $?
: >"$scratch/out"
says "$(md5sum <"$scratch/blob" | cut -c1-32)" "stderr is a stream of its own"

run "$KMLAB" run -q -k $kernel -- sh -c 'exit 37'
exits 37 "the command's status comes back"
run "$KMLAB" run -q -k $kernel -- sh -c 'kill -9 $$'
exits 137 "a signal is 128 + its number"
status=0
yes | "$KMLAB" run -q -k $kernel -- true >/dev/null 2>"$scratch/err" || status=$?
exits 0 "a command that does not read its input"
"$KMLAB" run -q -k $kernel -- sh -c 'yes | head -c 20000000' 2>/dev/null | head -c 10 >/dev/null
is "$(guests)" 0 "a reader that goes away leaves no guest"

mkdir "$scratch/tree" "$scratch/tree/sub"
echo one >"$scratch/tree/a"
echo two >"$scratch/tree/sub/b"
run "$KMLAB" run -q -k $kernel --in "$scratch/tree:/data" --out "/data:$scratch/back" -- \
	sh -c 'echo three >/data/sub/c; chmod 755 /data/a'
exits 0 "a directory in and out"
is "$(cat "$scratch/back/a" "$scratch/back/sub/b" "$scratch/back/sub/c" 2>/dev/null | tr '\n' ' ')" \
	"one two three " "with what the guest changed"
[ -x "$scratch/back/a" ]
result "and its modes" $?
run "$KMLAB" run -q -k $kernel --out "/no/such/file:$scratch/none" -- true
[ "$status" -ne 0 ] && [ ! -e "$scratch/none" ]
result "a file that is not there cannot be copied out" $?
says '/no/such/file' "and is named"

run "$KMLAB" run -q -k $kernel -p myint=7 -p 'mystring=two words' "$params" -- \
	sh -c 'cat /sys/module/params/parameters/myint; dmesg'
exits 0 "parameters"
is "$(sed -n 1p "$scratch/out")" 7 "reach the module"
says 'two words' "blanks too"
run "$KMLAB" run -q -k $kernel -p hello.no=1 "$params"
exits 2 "a parameter for a module that is not there"

run "$KMLAB" run -k $kernel --timeout 3 -- sleep 60
exits 106 "a command that does not end"

run "$KMLAB" run --json -k $kernel "$hello" -- echo x
exits 0 "JSON"
grep -q '"outcome": "pass"' "$scratch/out"
result "has the outcome" $?
! grep -q '^x$' "$scratch/out"
result "alone on standard output" $?
run "$KMLAB" run --format ktap -k $kernel "$hello"
is "$(head -1 "$scratch/out")" "KTAP version 1" "KTAP"
run "$KMLAB" run --format junit -o "$scratch/report.xml" -k $kernel "$hello"
grep -q '<testsuite' "$scratch/report.xml"
result "JUnit, into a file" $?

# shellcheck disable=SC2046 # one option per kernel
set -- $(printf -- '-k %s ' $KMLAB_TEST_KERNELS)
run "$KMLAB" run "$@" "$hello"
exits 0 "several kernels"
for k in $KMLAB_TEST_KERNELS; do
	says "$k" "$k is in the table"
done
run "$KMLAB" history --json --limit 100
grep -q '"module": "hello"' "$scratch/out"
result "history has the runs" $?

run "$KMLAB" run "$@" --nested -- test -c /dev/kvm
exits 0 "--nested: /dev/kvm on each"
run "$KMLAB" run -q -k $kernel -- test -e /dev/kvm
exits 1 "and without, none"

run "$KMLAB" test -k $kernel "$hello/hello.c"
exits 0 "kmlab test, a file beside tests that are not run"
says "note: nothing was tested: the tests beside" "says that nothing was tested"
run "$KMLAB" test "$@" "$hello/hello.c"
exits 0 "the same for several kernels"
says "without a test: only loaded\|nothing was tested" "says so below the table"

run "$KMLAB" run -k $kernel --mem 192 --cpus 1 -- grep -c ^processor /proc/cpuinfo
is "$(cat "$scratch/out")" 1 "another shape of guest"
run "$KMLAB" run -q -k $kernel -- cat /proc/sys/kernel/random/uuid
first=$(cat "$scratch/out")
run "$KMLAB" run -q -k $kernel -- cat /proc/sys/kernel/random/uuid
[ -n "$first" ] && [ "$first" != "$(cat "$scratch/out")" ]
result "two clones have different randomness" $?
now=$(date +%s)
run "$KMLAB" run -q -k $kernel -- date +%s
[ $(($(cat "$scratch/out") - now)) -ge 0 ] && [ $(($(cat "$scratch/out") - now)) -lt 60 ]
result "the guest has the host's time" $?

is "$(guests)" 0 "no guest is left"
done_testing
