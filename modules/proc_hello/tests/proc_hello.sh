#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: /proc/hello as the programs of a shell see it.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

file=/proc/hello

# A file that never ends must not keep the test: nobody reads more than this.
some() { head -c 300; }

# The file's text, with a dot behind it to save the last newline.
text()
{
	some <"$file"
	echo .
}

put() { printf %s "$1" >"$file"; }

long=$(printf '%101s' '' | tr ' ' x)
printf %s "$long" >/tmp/long

plan 32

is "the mode is 0666" "$(stat -c %a "$file")" 666
ok "it is a regular file" test -f "$file"
why "nothing has been written yet; something that was in the memory before may show here"
is "before the first message there is nothing to read" "$(some <"$file" | wc -c)" 0

ok "echo hi can be written" sh -c "echo hi >$file"
why "read gives what was last written, then 0 for the end: exactly the bytes, the newline too"
is "and cat prints hi" "$(timeout 10 cat "$file" | some; echo .)" "hi
."
echo "a long message, much longer than the next" >"$file"
echo short >"$file"
why "the length is that of the last message; the rest of an older one is not to be seen"
is "a shorter message leaves nothing of a longer one" "$(text)" "short
."
put "no newline"
is "a message without a newline gets none" "$(text)" "no newline."
put "$(printf 'three\nlines\nof text')"
is "a message may have several lines" "$(text)" "three
lines
of text."
put "${long#x}"
is "100 bytes are not too many" "$(text)" "${long#x}."

# Too much. The kernel may refuse it, or take the first 100 bytes and refuse the rest; but
# the user must hear of it, and the end of the text must not become the message.
too_much()
{
	what=$1
	shift
	put old
	why "the program must end with an error. A write that takes 100 bytes and reports" \
		"100 makes it write the rest with the next call: if that is taken for" \
		"another message, the text is lost and nobody is told"
	fails "$what" timeout 10 "$@"
	why "what is left is the old message or up to 100 bytes of the new one's beginning"
	like "and the old message or the beginning of the new one is there" "$(text)" \
		'^(old|x{1,100})\.$'
}
too_much "printf says that 101 bytes were too many" sh -c "printf %s $long >$file"
too_much "so does echo, for 100 and a newline" sh -c "echo ${long#x} >$file"
too_much "so does cat" sh -c "cat /tmp/long >$file"
too_much "so does dd" dd if=/tmp/long of="$file"
too_much "so does cp" cp /tmp/long "$file"

put old
why "O_TRUNC alone writes nothing: the message stays, or goes, but is not damaged"
like "opened with O_TRUNC only, the message is the old one or empty" \
	"$(: >"$file"; text)" '^(old)?\.$'
echo one >"$file"
echo two >>"$file"
why "with O_APPEND the second is a new message, or follows the first"
like "written with >> the second message follows or replaces the first" \
	"$(text | tr '\n' ' ')" '^(one )?two \. $'

echo "hello world" >"$file"
is "dd bs=1 reads all of it" "$(dd if="$file" bs=1 count=300 2>/dev/null)" "hello world"
is "dd bs=5 too" "$(dd if="$file" bs=5 count=60 2>/dev/null)" "hello world"
is "dd skip=6 count=3 finds the right bytes" \
	"$(dd if="$file" bs=1 skip=6 count=3 2>/dev/null)" wor
is "dd skip beyond the end finds nothing" \
	"$(dd if="$file" bs=1 skip=500 count=3 2>/dev/null; echo .)" .
# A NULL .proc_lseek crashed tail on some kernels.
is "tail -c gets the end" "$(timeout 10 tail -c 4 "$file")" rld
# shellcheck disable=SC2016 # $line is for the inner shell
is "the shell's read, which takes byte after byte, gets the line" \
	"$(timeout 10 sh -c 'read -r line && echo "$line"' <"$file")" "hello world"
is "wc counts the bytes" "$(some <"$file" | wc -c)" 12

# Two places in one file.
exec 3<"$file" 4<"$file"
is "a reader gets a part" "$(dd bs=6 count=1 <&3 2>/dev/null)" "hello "
is "another begins at the beginning" "$(some <&4)" "hello world"
is "the first goes on" "$(some <&3)" world
exec 3<&- 4<&-

put "hammer and anvil"
ok "the file keeps its promises under every odd call" \
	hammer --seconds 2 --read --write "$file"
