#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: /proc/hello_procfs as the programs of a shell see it.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

file=/proc/hello_procfs

# A file that never ends must not keep the test: nobody reads more than this.
some() { head -c 300; }

plan 12

is "the mode is 0444" "$(stat -c %a "$file")" 444
ok "it is a regular file" test -f "$file"
why "exactly the text and one newline, and then 0 for the end: a read that always gives" \
	"the text makes cat go on for ever"
is "cat prints Hello World! and a newline" "$(timeout 10 cat "$file" | some; echo .)" "Hello World!
."
is "and does so every time" "$(some <"$file"; some <"$file")" "Hello World!
Hello World!"
is "dd bs=1 reads all of it" "$(dd if="$file" bs=1 count=300 2>/dev/null)" "Hello World!"
is "dd skip=6 count=5 finds the right bytes" \
	"$(dd if="$file" bs=1 skip=6 count=5 2>/dev/null)" World
is "dd skip beyond the end finds nothing" \
	"$(dd if="$file" bs=1 skip=500 count=3 2>/dev/null; echo .)" .
# A NULL .proc_lseek crashed tail on some kernels.
is "tail -c gets the end" "$(timeout 10 tail -c 3 "$file")" "d!"
# shellcheck disable=SC2016 # $line is for the inner shell
is "the shell's read, which takes byte after byte, gets the line" \
	"$(timeout 10 sh -c 'read -r line && echo "$line"' <"$file")" "Hello World!"
is "wc counts the bytes" "$(some <"$file" | wc -c)" 13
fails "echo cannot write to it" sh -c "echo x >$file"

ok "the file keeps its promises under every odd call" \
	hammer --seconds 2 --read --stable "$file"
