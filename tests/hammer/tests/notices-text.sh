#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each mistake of /proc/careless is noticed, and the right promise named.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

# notices MISTAKE PROMISE TEXT [OPTION...] - that promise is broken; TEXT is what was seen.
notices()
{
	mistake=$1
	promise=$2
	text=$3
	shift 3
	rmmod "$KMLAB_MODULE"
	insmod "$KMLAB_KO" mistake="$mistake"
	said=$(hammer --quiet --stable --seed 1 --only "$promise" "$@" /proc/careless)
	is "$mistake: status" $? 1
	like "$mistake: noticed" "$said" "^not ok - .*$promise.*: $text"
}

plan 28

notices text-all-or-nothing "small reads give the same" "byte by byte: 0 bytes" --seconds 0
notices text-no-end "it can be read to its end" ".*the file does not end" --seconds 0
notices text-done-for-all "two who opened the file" "the second of two" --seconds 0
notices text-ignores-count "a read gives and writes" "read.fd, buf, 1. returned 120" --seconds 0
notices text-claims-too-much "a read gives and writes" ".*did not write bytes 119 to [0-9]*" --seconds 0
notices text-returns-the-rest "a read gives and writes" "read.fd, buf, 1. returned 0: but it wrote 1 byte" --seconds 0
notices text-ends-with-error "a read gives and writes" ".*gave EIO: but it wrote [0-9]* bytes" --seconds 0
notices text-with-zero "a read gives and writes" ".*returned 119: but it wrote 1 byte more" --seconds 0
notices text-records "a read gives and writes" ".*but it did not write byte 1, 8 times" --seconds 0
notices text-unchecked "a read into a bad pointer" "read.fd, NULL, 1. returned 1" --seconds 0
notices text-minus-one "a read into a bad pointer" ".*gave EPERM" --seconds 0
notices text-lseek-unchecked "lseek leads" ".*a negative position" --seconds 0
notices text-lseek-moves "lseek leads" ".*but it moved the position" --seconds 0
notices text-one-buffer "everything at once" ".*not the bytes that are there" --seconds 2
