#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: /proc/timer as a file.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

file=/proc/timer

lines() { wc -l <"$file"; }
write() { echo 1 >"$file"; }

plan 6

is "everybody may read it, nobody write it" "$(stat -c '%A %u' "$file")" "-r--r--r-- 0"
why "'lines' since the load: nobody has read yet, so there is only the current time"
is "the first reading has one line" "$(lines)" 1
is "the second has two" "$(lines)" 2
ls -l "$file" >/dev/null
test -r "$file"
is "looking at its name and mode does not harm" "$(lines)" 2
fails "root cannot write it either" write

why "the contract of every file: a bad pointer is EFAULT, a read of nothing is 0 bytes," \
	"an unknown ioctl ENOTTY, no call hangs"
ok "it keeps its promises under every odd call" hammer --seconds 1 --read "$file"
