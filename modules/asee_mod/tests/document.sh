#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The two examples of the course document, literally, and its second step.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/asee_mod.ko}
name=${KMLAB_MODULE:-asee_mod}
device=/dev/asee_mod
sys=/sys/kernel/asee_mod

plan 15

rmmod "$name"
ok "loads with policy=overwrite" insmod "$ko" policy=overwrite

is "the size is 16 by default" "$(cat $sys/asee_buf_size)" 16
is "the channel is empty at first" "$(cat $sys/asee_buf_count)" 0

echo "Hello world" >$device
echo "Ciao" >$device
is "the count is that of the characters stored" "$(cat $sys/asee_buf_count)" 15
why "the ring lives between open and close; the newlines of echo are not stored"
is "two echos, one cat" "$(cat $device)" "Hello worldCiao"
is "a second cat prints nothing" "$(timeout 5 cat $device; echo "$?")" 0

echo "abcdefghijklmnopq" >$device
why "17 characters in 16: the first is overwritten"
is "the last 16 characters stay" "$(cat $device)" bcdefghijklmnopq

ok "the size is changed" sh -c "echo 17 >$sys/asee_buf_size"
echo "abcdefghijklmnopq" >$device
is "17 characters fit into 17" "$(cat $sys/asee_buf_count)" 17

echo "asee: before" >/dev/kmsg
fails "a size below what is queued is refused" sh -c "echo 16 >$sys/asee_buf_size"
why "pr_err() logs at level 3, which dmesg -r shows in front of the text"
like "and logged as an error" "$(dmesg -r | sed '1,/asee: before/d')" '^<3>'
is "and changes nothing" "$(cat $sys/asee_buf_size)" 17

ok "a larger size is taken" sh -c "echo 20 >$sys/asee_buf_size"
is "what is queued stays" "$(cat $device)" abcdefghijklmnopq
is "and is gone when read" "$(cat $sys/asee_buf_count)" 0
