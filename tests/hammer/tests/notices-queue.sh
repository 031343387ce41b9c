#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each mistake of /dev/careless is noticed, and the right promise named.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

# notices MISTAKE PROMISE TEXT [OPTION...] - that promise is broken; TEXT is what was seen.
notices()
{
	mistake=$1
	promise=$2
	text=$3
	shift 3
	rmmod "$KMLAB_MODULE"
	insmod "$KMLAB_KO" mistake="$mistake"
	said=$(hammer --quiet --seconds 0 --seed 1 --only "$promise" "$@" /dev/careless)
	is "$mistake: status" $? 1
	like "$mistake: noticed" "$said" "^not ok - $promise.*: $text"
}

plan 40

notices open-counts-up "many opens" ".*EBUSY: after all others were closed"
notices flush-is-release "fork: the child uses the file" "after a child has ended"
notices knows-no-nonblock "with O_NONBLOCK a read" ".*gave EINTR"
notices restarts-nonblock "with O_NONBLOCK a read" ".*gave ERESTARTSYS"
notices deaf-to-signals "a signal ends a read" "hung for 2 s in read.*SIGKILL ended it" --patience 2
notices zero-waits "a zero-length read" ".*it waited"
notices signal-is-end "a signal ends a read" ".*returned 0"
notices write-claims-all "a write from a bad pointer" "write.fd, NULL, 1. returned 1"
notices write-returns-zero "a write takes some" ".*never ends"
notices error-is-unsigned "a read into a bad pointer" ".*became unsigned"
notices poll-says-yes "poll returns" ".*EAGAIN: although poll says"
notices poll-does-not-wait "a write wakes a poll" "hung for 2 s in poll" --patience 2
notices write-wakes-nobody "a write wakes a read" "hung for 2 s in read" --patience 2
notices read-wakes-nobody "a read wakes a write" "hung for 2 s in write" --patience 2
notices mmap-says-yes "mmap is refused" ".*no memory at that address"
notices ioctl-number-only "an unknown ioctl" "ioctl.* returned 0"
notices ioctl-any-size "its own ioctls" ".*is taken for it too" --ioctl
notices ioctl-says-yes "an unknown ioctl" "ioctl.* returned 0"
notices ioctl-minus-one "an unknown ioctl" "ioctl.* gave EPERM"
notices ioctl-copies-half "its own ioctls" ".*must notice the bad pointer" --ioctl
