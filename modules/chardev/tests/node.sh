#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: /dev/chardev as the shell sees it, its numbers in /proc and /sys.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

name=${KMLAB_MODULE:-chardev}
node=/dev/chardev
much=4096

# numbers - the node's, MAJOR:MINOR. stat has them in hexadecimal.
numbers() { echo "$((0x$(stat -c %t $node))):$((0x$(stat -c %T $node)))"; }

# character_devices - the first half of /proc/devices.
character_devices() { sed '/^Block/,$d' /proc/devices; }

# refs - how many hold the module.
refs() { cat "/sys/module/$name/refcnt"; }

# in_class - a class has a device with these numbers under the node's name.
in_class() { grep -qx "$numbers" /sys/class/*/chardev/dev; }

# show - what cat prints, and no more than $much bytes where that would have no end.
show() { head -c $much $node; }

# append_to NODE - as a shell does it.
append_to() { echo hello >>"$1"; }

plan 16

why "device_create() or cdev_device_add() makes the node, a character device alone has none"
ok "the node is there, a character device" test -c $node
numbers=$(numbers)
major=${numbers%:*}
mode=$(stat -c %a $node)
why "mode $mode: who is not root can open it for writing, yet it cannot be written"
unlike "nobody but root has write permission" "$mode" '[2367].$|[2367]$'
why "a major number of its own, by alloc_chrdev_region() or register_chrdev(0, ...)"
like "/proc/devices has its major number under its name" "$(character_devices)" \
	"^ *$major chardev\$"
ok "/sys/dev/char leads to the device" test -e "/sys/dev/char/$numbers/uevent"
event=$(cat "/sys/dev/char/$numbers/uevent")
like "which names the node" "$event" '^DEVNAME=chardev$'
like "and its major number" "$event" "^MAJOR=$major\$"
ok "its class has it, with the same numbers" in_class

first=$(show)
second=$(show)
like "cat prints a message with a number" "$first" '[0-9]'
why "a read at the end has to return 0"
ok "and comes to an end" test "$(show | wc -c)" -lt $much
unlike "another time it is another message" "$second" "^$first\$"
fails "the shell cannot write to it" append_to $node
is "cat still works" "$(show | wc -l)" "$(echo "$first" | wc -l)"

is "nobody holds the module" "$(refs)" 0
why "an open file has to keep the module: .owner = THIS_MODULE"
ok "an open file does" test "$(refs <$node)" -gt 0
is "a closed one no more" "$(refs)" 0

if command -v hammer >/dev/null; then
	ok "the device keeps its promises under every odd call" \
		hammer --seconds 1 --read $node
else
	skip "the device keeps its promises under every odd call" "no hammer here"
fi
