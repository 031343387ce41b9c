#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: /proc/ioctl_test comes and goes with the module, and the client uses it.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/ioctl_test.ko}
name=${KMLAB_MODULE:-ioctl_test}
file=/proc/ioctl_test
burst=/sys/module/$name/parameters/burst
copy=/tmp/ioctl_testctl-for-all

# client ARG... - run it; its words are in $said, its status in $status, the log in $log.
client()
{
	klog_mark
	said=$(ioctl_testctl "$@" 2>&1)
	status=$?
	log=$(klog_since)
}

# shows NAME TEXT ARG... - the client succeeds, and the log has this call.
shows()
{
	what=$1 text=$2
	shift 2
	client "$@"
	has "$what" "$status $said $log" "ioctl: call to IOCTL_TEST ($text)!"
}

# says NAME STATUS TEXT ARG... - the client ends so and says this.
says()
{
	what=$1 want="$2: $3"
	shift 3
	client "$@"
	like "$what" "$status: $said" "^$want"
}

# nobody N - as many calls of the client by somebody without rights. From a copy: the
# client's own directory need not be open to all.
nobody()
{
	su -s /bin/sh nobody -c "for i in \$(seq $1); do $copy \$i n; done"
}

plan 17

why "create it with proc_create(\"ioctl_test\", 0444, NULL, …)"
is "everybody may read the file and nobody write it" "$(stat -c '%a %u:%g' $file)" "444 0:0"
why "programs open it with open(2) and nothing else; a link or a device is something else"
ok "it is a regular file" test -f $file

# Without this the rest means nothing, and a call that never ends would block rmmod.
why "the document's call: field1 10, field2 'a'"
shows "the client's call appears in the log" 10,a 10 a || exit 1
shows "so do others" -2147483648,% -2147483648 %
client 1 '\x0a'
like "a newline does not break the line" "$log" 'IOCTL_TEST \(1,.+\)!'
says "the client explains itself" 0 "usage: ioctl_testctl" --help
says "refuses what is no number" 2 "ioctl_testctl: '10x' is no integer" 10x a
says "refuses what is no byte" 2 "ioctl_testctl: 'ab' is not a single byte" 10 ab

if command -v hammer >/dev/null; then
	ok "the file keeps its promises under every odd call" hammer --seconds 1 --read $file
else
	skip "the file keeps its promises under every odd call" "no hammer here"
fi

rmmod "$name"
ok "nothing left in /proc" test ! -e $file
says "the client says how to go on without the module" 1 ".*load the module first" 10 a
ok "loads again" insmod "$ko"
shows "and works" 3,z 3 z

cp "$(command -v ioctl_testctl)" "$copy"
if [ -e "$burst" ]; then
	echo 0 >"$burst"
	klog_mark
	ok "a user who may log nothing can call" nobody 3
	unlike "and leaves no line" "$(klog_since)" 'IOCTL_TEST \('
	shows "while root is heard" 4,r 4 r
	echo 5 >"$burst"
	klog_mark
	nobody 40
	lines=$(klog_since | grep -c 'IOCTL_TEST (')
	why "the log has $lines lines of 40 calls, 5 allowed in five seconds"
	ok "a user's flood does not fill the log" test "$lines" -lt 40
else
	for what in "a user who may log nothing can call" "and leaves no line" \
		"while root is heard" "a user's flood does not fill the log"; do
		skip "$what" "no parameter 'burst': does it let anybody flood the log?"
	done
fi
rm -f "$copy"
