#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: the device file, who may use it, loading and unloading, and the client.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/keyscan.ko}
name=${KMLAB_MODULE:-keyscan}
dev=/dev/keyboard

# type HEX... - the PS/2 keyboard sends these bytes: the controller is told to pretend so.
# Command d2 to port 64, the byte to port 60.
poke()
{
	printf '%b' "\\x$2" | dd of=/dev/port bs=1 seek=$((0x$1)) conv=notrunc 2>/dev/null
}

type_bytes()
{
	for byte; do
		poke 64 d2
		poke 60 "$byte"
	done
}

# waits_in PID - it has the device open and sleeps; gives up after a while
waits_in()
{
	late=$(($(date +%s) + 10))
	while [ "$(date +%s)" -lt $late ]; do
		for file in /proc/"$1"/fd/*; do
			[ "$(readlink "$file")" = $dev ] || continue
			grep -q '^State:.S' "/proc/$1/status" && return
		done
		usleep 10000
	done
	diag "process $1 does not wait for a key"
}

gone()
{
	[ ! -d "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
}

# ends PID - its status; when it does not end, it is deaf to signals: a key lets it go
deaf=no
ends()
{
	late=$(($(date +%s) + 5))
	until gone "$1" || [ "$(date +%s)" -gt $late ]; do
		usleep 10000
	done
	gone "$1" || {
		deaf=yes
		kill -9 "$1"
		type_bytes 1e 9e
	}
	wait "$1"
}

plan 25

ok "there is a character device $dev" test -c $dev
why "keys are passwords: root may read it, nobody else anything"
is "its mode is 400 and its owner root" "$(stat -c '%a %u %g' $dev)" "400 0 0"
is "it was loaded without raw" "$(cat "/sys/module/$name/parameters/raw")" N
is "nobody can change raw later" "$(stat -c %a "/sys/module/$name/parameters/raw")" 444
fails "a second load is refused" insmod "$ko"
ok "and leaves the device alone" test -c $dev

exec 9<$dev
why "struct file_operations without .owner lets the code go while it is in use"
fails "it cannot be unloaded while the file is open" rmmod "$name"
is "the file is still there" "$(stat -c %a $dev)" 400
exec 9<&-
ok "it can be unloaded after the file was closed" rmmod "$name"
ok "the device is gone" test ! -e $dev

ok "it loads again" insmod "$ko"
cat $dev >/dev/null &
reader=$!
waits_in $reader
fails "it cannot be unloaded while somebody waits in a read" rmmod "$name"
kill $reader
ends $reader
ok "it can be unloaded when the reader has gone" rmmod "$name"

insmod "$ko" raw=1
is "it loads with raw=1" "$(cat "/sys/module/$name/parameters/raw")" Y
is "the device is there with raw=1" "$(stat -c %a $dev)" 400
ok "it unloads, and loads without raw" reloads 1

if [ $deaf = yes ]; then
	skip "the file keeps its promises under every odd call" "reads are deaf to signals"
elif command -v hammer >/dev/null; then
	ok "the file keeps its promises under every odd call" \
		hammer --seconds 1 --read --ioctl $dev
else
	skip "the file keeps its promises under every odd call" "no hammer here"
fi

# watch_keys RAW HEX... - what the client prints of these bytes, which are that many events
watch_keys()
{
	out=/tmp/keyboardctl.$$
	keyboardctl --count "$1" >$out &
	client=$!
	waits_in $client
	shift
	type_bytes "$@"
	wait $client
	client_status=$?
	cat $out
}

shown=$(watch_keys 4 1e 9e e0 48 e0 c8; echo "exit $client_status")
like "the client shows a key and its scan code" "$shown" ' A +pressed, scan 1e$'
like "the client shows its release" "$shown" ' A +released, scan 1e$'
like "the client knows extended keys" "$shown" ' UP +pressed, scan '
has "the client ends after --count events" "$shown" "exit 0"
like "the client shows the status" "$(keyboardctl --status)" '^keyboard interrupts: '
like "the client has help with examples" "$(keyboardctl --help)" '^Examples:'

fails "the client wants a count that is a number" keyboardctl --count many
keyboardctl >/dev/null &
client=$!
waits_in $client
kill -INT $client
ends $client
is "Ctrl-C ends the client without complaint" $? 0
