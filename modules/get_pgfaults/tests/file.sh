#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: /proc/get_pgfaults as a file.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

file=/proc/get_pgfaults

write() { echo 1 >"$file"; }

plan 4

is "everybody may read it, nobody write it" "$(stat -c '%A %u' "$file")" "-r--r--r-- 0"
like "the first line is a number" "$(head -n 1 "$file")" '^[0-9]+$'
fails "root cannot write it either" write

why "the contract of every file: a bad pointer is EFAULT, a read of nothing is 0 bytes," \
	"an unknown ioctl ENOTTY, no call hangs"
ok "it keeps its promises under every odd call" hammer --seconds 1 --read "$file"
