#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The files in /sys/kernel/asee_mod: what they take, what they refuse, what they count.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

device=/dev/asee_mod
sys=/sys/kernel/asee_mod

# refuses WHAT TEXT - writing the text as a size fails, is logged as an error and changes
# nothing.
refuses()
{
	size=$(cat $sys/asee_buf_size)
	echo "asee: before $1" >/dev/kmsg
	fails "a size that is $1 is refused" sh -c "printf %s '$2' >$sys/asee_buf_size"
	why "pr_err() logs at level 3, which dmesg -r shows in front of the text"
	like "and logged" "$(dmesg -r | sed "1,/asee: before $1/d")" '^<3>'
	is "and changes nothing" "$(cat $sys/asee_buf_size)" "$size"
}

plan 31

is "asee_buf_size is for everybody to read, for root to write" \
	"$(stat -c %a $sys/asee_buf_size)" 644
is "asee_buf_count is read-only" "$(stat -c %a $sys/asee_buf_count)" 444
echo 40 >$sys/asee_buf_size
is "a new size is what it was set to" "$(cat $sys/asee_buf_size)" 40

refuses "zero" 0
refuses "negative" -1
refuses "absurd" 99999999999
refuses "more than the machine has" 8000000000
refuses "not a number" many
refuses "nothing" " "
refuses "a number and more" 12x

# A module that has lost a byte would let the reader wait for ever.
printf abc >$device
is "the count follows a write" "$(cat $sys/asee_buf_count)" 3
refuses "below what is queued" 2
timeout 5 dd if=$device of=/dev/null bs=2 count=1 2>/dev/null
is "the count follows a read" "$(cat $sys/asee_buf_count)" 1
ok "then that size is taken" sh -c "echo 2 >$sys/asee_buf_size"
timeout 5 dd if=$device of=/dev/null bs=1 count=1 2>/dev/null
is "empty again" "$(cat $sys/asee_buf_count)" 0
