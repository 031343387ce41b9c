#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Two files without a mistake pass, and so do files of the kernel itself.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

plan 20

ok "a fixed text" hammer --seconds 1 --stable /proc/careless
ok "a queue with an ioctl" hammer --seconds 1 --ioctl /dev/careless
ok "/proc/version" hammer --seconds 0 --stable /proc/version
ok "/proc/uptime" hammer --seconds 0 /proc/uptime
ok "/dev/null" hammer --seconds 0 /dev/null
mkfifo /tmp/fifo
ok "a pipe" hammer --seconds 1 /tmp/fifo
seq 1 2000 >/tmp/numbers
ok "a regular file" hammer --seconds 0 --stable /tmp/numbers
is "which was not written to" "$(seq 1 2000 | md5sum)" "$(md5sum </tmp/numbers)"
ok "but is, when wanted" hammer --seconds 0 --read --write /tmp/numbers
ok "a file of /sys" hammer --seconds 0 --stable --read /sys/module/careless/parameters/mistake

# What a run says depends on nothing but the file and the seed.
choose() { hammer --seconds 0 --seed 7 --only lseek /proc/careless; }
first=$(choose)
is "the same seed, the same words" "$(choose)" "$first"
hammer >/dev/null 2>&1
is "usage is 2" $? 2
hammer /proc/no-such-file >/dev/null 2>&1
is "and so is a file that is not there" $? 2
hammer --seconds 0 --only nonsense /dev/null >/dev/null 2>&1
is "and a promise that is not there" $? 2
is "one promise of choice" "$(hammer --seconds 0 --only dup --seed 1 /dev/null | grep -c ^ok)" 3

# What looks like a mistake of a read and is none.
for fine in random numbers hashed; do
	rmmod "$KMLAB_MODULE"
	insmod "$KMLAB_KO" mistake=fine-$fine
	ok "$fine" hammer --seconds 0 --seed 1 --only read /proc/careless
done
ok "addresses for those only who may see them" hammer --seconds 0 --only read /proc/modules
ok "random bytes of the kernel" hammer --seconds 0 --read --only read /dev/urandom
