#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: probes given at load, what the kernel says of them, and what is refused. How
# exact the counters are is hits.c, where symbols are is addresses.c.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/probes.ko}
name=${KMLAB_MODULE:-probes}
file=/proc/probes
debug=/sys/kernel/debug
function=__x64_sys_getsid

[ -e $debug/kprobes/list ] || mount -t debugfs none $debug

# listed FUNCTION - how many probes the kernel has there.
listed()
{
	grep -c " $1+0x" $debug/kprobes/list
}

# counters - those of the probes at our function, one probe a line, spaces squeezed.
counters()
{
	sed -n "s/^probe $function //p" $file
}

reload()
{
	[ ! -d "/sys/module/$name" ] || rmmod "$name" || return 1
	insmod "$ko" "$@"
}

# refused NAME WORDS SYMBOL - a load with it fails, insmod says WORDS, the log names it.
refused()
{
	[ ! -d "/sys/module/$name" ] || rmmod "$name"
	klog_mark
	why "register_kprobe() fails, so must init: return its error."
	fails "$1 is refused" insmod "$ko" symbol="$3"
	# shellcheck disable=SC2154 # fails sets $said
	has "$1: insmod says why" "$said" "$2"
	why "Whoever loads it has to learn which of the names it was: pr_err() it."
	has "$1: the log names it" "$(klog_since)" "${3##*,}"
	ok "$1: the module is not loaded" test ! -d "/sys/module/$name"
}

plan 37

# Without parameters.
ok "without symbol= it loads and $file is there" test -f $file
why "Hit counts and addresses are nobody's business but root's: mode 0400."
is "only root may read it" "$(stat -c '%a %u' $file)" "400 0"
is "nothing is probed" "$(counters)" ""

ok "loads with one function" reload symbol=$function
is "the counters begin at zero" "$(counters)" "pre 0 post 0 missed 0"
is "the kernel lists the probe" "$(listed $function)" 1
fails "a second load is refused" insmod "$ko" symbol=$function
is "and changes nothing" "$(listed $function)" 1

why "Each name is a probe of its own, with its own struct kprobe."
ok "loads with three names, two of them the same" \
	reload symbol=$function,__x64_sys_getpgid,$function
is "two lines for that function" "$(counters | grep -c .)" 2
is "two probes listed there" "$(listed $function)" 2
is "one of the other" "$(listed __x64_sys_getpgid)" 1
ok "unloads" rmmod "$name"
why "A probe that is not unregistered calls a handler that is gone."
is "no probe is left" "$(listed $function)$(listed __x64_sys_getpgid)" 00
ok "$file is gone" test ! -e $file

# What is refused.
ok "get_kprobe is on the kernel's blacklist" grep -qw get_kprobe $debug/kprobes/blacklist
refused "a function on the blacklist" "Invalid argument" get_kprobe
refused "data" "Invalid argument" tasklist_lock
refused "a name that does not exist" "unknown symbol" no_such_function_anywhere
refused "a bad name behind a good one" "unknown symbol" \
	$function,no_such_function_anywhere
why "When init fails, exit is not called: what was registered before has to be
unregistered by init, or its handlers are called when they are gone."
is "the good one is not probed" "$(listed $function)" 0

# The file, and unloading while it is open: refused, or nothing of the module is used
# afterwards.
ok "loads with both" reload symbol=$function lookup=tasklist_lock
ok "the file keeps its promises under every odd call" hammer --seconds 1 --read $file
exec 3<$file
rmmod "$name" 2>/dev/null
why "proc_remove() is enough: it waits for readers and releases what is open."
ok "a file that is open while the module is unloaded does no harm" \
	sh -c 'cat <&3 >/dev/null 2>&1; true'
exec 3<&-
[ -d "/sys/module/$name" ] || insmod "$ko"
ok "loads again afterwards" reload symbol=$function
