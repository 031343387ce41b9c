#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Parameters, permissions, and loading and unloading at the wrong moment.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/asee_mod.ko}
name=${KMLAB_MODULE:-asee_mod}
device=/dev/asee_mod

# mode_is NAME MODE PARAM... - loaded with the parameters the device has this mode.
mode_is()
{
	ktap_what=$1
	ktap_mode=$2
	shift 2
	rmmod "$name"
	insmod "$ko" "$@"
	is "$ktap_what" "$(stat -c %a $device)" "$ktap_mode"
}

# refused NAME PARAM - does not load with that; loads again without.
refused()
{
	if ! has_param "${2%%=*}"; then
		skip "$1" "no such parameter"
		return
	fi
	rmmod "$name"
	fails "$1" insmod "$ko" "$2"
	[ -d "/sys/module/$name" ] || insmod "$ko"
}

plan 17

is "the device is for root alone" "$(stat -c '%a %u %g' $device)" "600 0 0"
if has_param mode; then
	mode_is "mode=666 is octal" 666 mode=666
	mode_is "so is mode=0640" 640 mode=0640
else
	skip "mode=666 is octal" "no such parameter"
	skip "so is mode=0640" "no such parameter"
fi
refused "a mode that is no mode is refused" mode=1777
refused "so is one that is not octal" mode=888
refused "an unknown policy is refused" policy=fast
refused "an unknown lock is refused" lock=none
refused "a negative size is refused" size=-1
refused "an absurd size is refused" size=4000000000

if has_param size; then
	rmmod "$name"
	ok "loads with a size of its own" insmod "$ko" size=100
	is "and has it" "$(cat /sys/kernel/asee_mod/asee_buf_size)" 100
else
	skip "loads with a size of its own" "no such parameter"
	skip "and has it" "no such parameter"
fi

fails "a second one is refused" insmod "$ko"
exec 7<>$device
why "file_operations.owner keeps the module while the device is open"
fails "not unloaded while the device is open" rmmod "$name"
exec 7>&-

# Somebody may be asleep in there, and must not wake up in memory that is gone.
dd if=$device of=/dev/null bs=1 count=1 2>/dev/null &
reader=$!
asleep() {
	[ "$(readlink "/proc/$reader/fd/0")" = $device ] && grep -q 'State:.S' "/proc/$reader/status"
}
until asleep || [ ! -e "/proc/$reader/exe" ]; do sleep 0.1; done
sleep 0.1
if kill -0 "$reader" 2>/dev/null; then
	fails "not unloaded while somebody sleeps in it" rmmod "$name"
	kill "$reader"
else
	skip "not unloaded while somebody sleeps in it" "reads do not block"
fi
wait "$reader" 2>/dev/null

ok "200 times unloaded and loaded" reloads 200
ok "unloaded with bytes in it" sh -c "printf x >$device; rmmod $name"
ok "and loaded again" insmod "$ko"
