#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# examples/syscalls: part1 makes the five system calls of the README's table more than
# empty, in this order, and nothing else differs. On this machine, by strace.
. "$(dirname "$0")/lib.sh"

example=$top/examples/syscalls
# shellcheck disable=SC2016 # the backquotes are the README's
five=$(sed -n '/^## The five/,/^## /s/^| `\([a-z]*\)` .*/\1/p' "$example/README.md")

# What differs between any two runs, or because of the program's name: addresses, random
# bytes, process numbers.
alike()
{
	grep '^[a-z_0-9]*(' "$1" | sed 's/0x[0-9a-f]*/ADDRESS/g; s/part1/empty/g
		s/^\(getrandom("\)[^"]*/\1/; s/^\(set_tid_address(.*= \)[0-9]*/\1PID/
		s/[0-9]* vars/N vars/; s/  *=/ =/'
}

names()
{
	sed 's/(.*//' "$1"
}

# without A B: the lines of A that B has not, in order.
without()
{
	diff --unchanged-line-format='' --old-line-format='%L' --new-line-format='' "$1" "$2"
}

# trace NAME MAKE-WORD...
trace()
{
	way=$1
	shift
	rm -rf "$scratch/work"
	cp -r "$example" "$scratch/work"
	make -s -C "$scratch/work" clean
	run make -C "$scratch/work" CFLAGS="-O2 -Wall -Wextra -Werror" "$@" trace
	exits 0 "$way: make trace"
	says "^Linux\$" "$way: the program writes what it has read"
	cp "$scratch/out" "$scratch/printed"
	for t in empty part1; do
		alike "$scratch/work/$t.trace" >"$scratch/$t"
	done
	more=$(($(wc -l <"$scratch/part1") - $(wc -l <"$scratch/empty")))
	is $more 5 "$way: five more"
	without "$scratch/part1" "$scratch/empty" >"$scratch/five"
	is "$(names "$scratch/five")" "$five" "$way: those of the README, in that order"
	is "$(without "$scratch/empty" "$scratch/part1")" "" "$way: and the rest is the same"
	is "$(sed -n 's/^  + \([a-z]*\)(.*/\1/p' "$scratch/printed")" "$five" \
		"$way: make trace shows them"
	head -n 1 "$scratch/five" | grep -q '^openat(AT_FDCWD, "/proc/sys/kernel/ostype", .* = 3$'
	result "$way: the first opens the file" $?
	grep -q '^ioctl(3, TIOCGWINSZ.*-1 ENOTTY' "$scratch/five"
	result "$way: the file refuses the ioctl" $?
}

is "$(echo "$five" | wc -l)" 5 "the README has a table of five"
if ! command -v strace >/dev/null; then
	skip "the traces" "no strace here"
elif ! strace -o /dev/null true 2>"$scratch/err"; then
	skip "the traces" "strace is not allowed here: $(head -n 1 "$scratch/err")"
else
	trace "dynamic"
	trace "static" LDFLAGS=-static
	if command -v musl-gcc >/dev/null; then
		trace "musl" CC=musl-gcc LDFLAGS=-static
	else
		skip "musl" "no musl-gcc here"
	fi
fi
done_testing
