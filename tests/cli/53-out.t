#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kmlab run --out from a guest that means no good: files that no one should read, and more
# than anyone wants. The lab's own process lives on, and the verdict says what is missing.
. "$(dirname "$0")/lib.sh"
files=$top/tests/hostile/guest/files

# copy FILE [OPTION...]: from the module's folder in /proc to $scratch/FILE.
copy() {
	file=$1
	shift
	run "$KMLAB" run -q -k "$k" --out "/proc/hostile/$file:$scratch/$file" "$@" "$files"
}

for k in $(printf '%s\n' "$kernel" "$newest" | uniq); do
	copy oops
	exits 111 "$k: a file whose read oopses"
	says 'oops_read (files.c:' "the oops has its place"
	says "'/proc/hostile/oops' could not be copied out: what read it was killed" \
		"and the copy its end"
done
k=$newest
copy wait
exits 1 "a file that waits for ever"
says "'/proc/hostile/wait' could not be copied out: reading it does not end" "is named"
copy stuck
exits 1 "a file whose reader cannot even be killed"
says "'/proc/hostile/stuck' could not be copied out: reading it does not end" "is named"
copy refuse
exits 0 "a file that refuses to be read is no fault"
says "note: '/proc/hostile/refuse' could not be read to its end" "but there is a note"

# A hundred thousand files, in a mount that the command has made.
run "$KMLAB" run -q -k "$kernel" --timeout 300 --out "/tmp/many:$scratch/many" -- sh -c '
	mkdir /tmp/many && mount -t tmpfs -o nr_inodes=0 none /tmp/many &&
	cd /tmp/many && seq 1 100000 | xargs touch'
exits 1 "more files than anyone wants"
says "the guest sent more than 65536 files for '--out /tmp/many'" "says so"
is "$(find "$scratch/many" -type f | wc -l)" 65535 "what came until then is there"

# shellcheck disable=SC2016 # for the guest's shell
run "$KMLAB" run -q -k "$kernel" --out "/tmp/deep:$scratch/deep" -- sh -c '
	mkdir /tmp/deep && cd /tmp/deep
	for i in $(seq 1 100); do mkdir d && cd d; done'
exits 1 "directories without a bottom"
says "directories more than 64 deep for '--out /tmp/deep'" "say so"

if everything "a file without an end"; then
	run "$KMLAB" run -q -k "$kernel" --timeout 600 \
		--out /proc/hostile/endless:/dev/null "$files"
	exits 1 "a file without an end"
	says "the guest sent more than 1024 MiB for '--out /proc/hostile/endless'" "says so"
fi
is "$(guests)" 0 "no guest is left"
done_testing
