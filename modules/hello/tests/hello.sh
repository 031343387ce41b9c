#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: loads, speaks, says what it is, unloads, and does it again.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/hello.ko}
name=${KMLAB_MODULE:-hello}

plan 16

# What modinfo would show. The fields are plain text in the file, NAME=VALUE, and busybox
# modinfo wants a modules.dep that a guest has no use for.
info=$(strings "$ko" | grep -E '^(license|author|description|version|vermagic)=')
like "licence is GPL" "$info" '^license=GPL'
like "has an author" "$info" '^author=.'
like "has a description" "$info" '^description=.'
like "has a version" "$info" '^version=[0-9]'
has "built for this kernel" "$info" "vermagic=$(uname -r) "

# It is loaded when the test starts.
ok "listed in /proc/modules" grep -q "^$name " /proc/modules
is "state is live" "$(cat "/sys/module/$name/initstate")" live
is "nobody uses it" "$(cat "/sys/module/$name/refcnt")" 0
version=$(printf '%s\n' "$info" | sed -n 's/^version=//p')
is "version in /sys is the one in the file" "$(cat "/sys/module/$name/version")" "$version"

klog_mark
ok "unloads" rmmod "$name"
like "says so when unloaded" "$(klog_since)" "(^|\] )$name: unloaded\$"
ok "nothing left in /sys/module" test ! -e "/sys/module/$name"

klog_mark
ok "loads again" insmod "$ko"
like "says so when loaded" "$(klog_since)" "(^|\] )$name: loaded\$"

fails "a second load is refused" insmod "$ko"

ok "200 times unloaded and loaded" reloads 200
