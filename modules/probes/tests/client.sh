#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The client, probectl: what it prints, how it ends, what it says when it cannot. For
# implementations that have /dev/probes.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

name=${KMLAB_MODULE:-probes}
ko=${KMLAB_KO:-/lab/probes.ko}
list=/sys/kernel/debug/kprobes/list

[ -e /dev/probes ] || skip_all "there is no /dev/probes, which is not asked for"

listed()
{
	grep -c " $1+0x" $list
}

# says NAME STATUS TEXT COMMAND... - it ends so and its words have the text.
says()
{
	what=$1 want=$2 text=$3
	shift 3
	out=$("$@" 2>&1)
	is "$what: status $want" $? "$want"
	has "$what: says so" "$out" "$text"
}

plan 46

says "--help" 0 "probectl --lookup" probectl --help
says "no function" 2 "no function is named" probectl
says "an unknown option" 2 "probectl --help" probectl --colour sync
says "--count 0" 2 "from 1 on" probectl --count 0 sync
says "--count of a word" 2 "from 1 on" probectl -n many sync
says "no command behind --" 2 "no command" probectl sync --

# Hits while a command runs. (Functions that take no argument have a second name, by which
# the kernel lists them: none of those here.)
out=$(probectl __x64_sys_mkdir -- mkdir /tmp/probed)
is "with a command: its status" $? 0
like "the one call of it is one hit" "$out" '^ +1 +0 +[01]( [01])* +__x64_sys_mkdir$'
out=$(probectl --post __x64_sys_mkdir __x64_sys_swapoff -- mkdir /tmp/again)
like "with --post: the post handler's count as well" "$out" '^ +1 +1 +0 .* __x64_sys_mkdir$'
like "each function has its line" "$out" '^ +0 +0 +0 .* __x64_sys_swapoff$'
probectl __x64_sys_mkdir -- sh -c 'exit 3' >/dev/null
is "the command's status is passed on" $? 3
says "a command that does not exist" 127 "cannot run 'no_such_command'" \
	probectl __x64_sys_mkdir -- no_such_command
is "no probe is left" "$(listed __x64_sys_mkdir)" 0

# Hits of each second.
out=$(probectl --once __x64_sys_swapoff)
is "--once: status" $? 0
is "--once: a head and a line" "$(echo "$out" | grep -c .)" 2
like "with the hits in a second" "$out" '^ +0 +0 +0 +0( 0)* +__x64_sys_swapoff$'
is "--count 2: two lines more" "$(probectl -n 2 __x64_sys_swapoff | grep -c .)" 3
probectl __x64_sys_swapoff -- true >/dev/full 2>&1
is "what cannot be printed is an error" $? 1

# end SIGNAL WANT - how it ends on a signal, and that its probe goes with it.
end()
{
	probectl __x64_sys_swapoff >/dev/null &
	pid=$!
	while [ "$(listed __x64_sys_swapoff)" -eq 0 ]; do
		sleep 0.05
	done
	kill "-$1" $pid
	wait $pid
	is "SIG$1 ends it: status $2" $? "$2"
	is "SIG$1: and its probe" "$(listed __x64_sys_swapoff)" 0
}
end INT 0
end TERM 0
end KILL 137

# Where a symbol is.
out=$(probectl --lookup no_such_function_anywhere tasklist_lock kallsyms_lookup_name 2>&1)
is "--lookup of three, one unknown: status" $? 1
has "it says which" "$out" "cannot find 'no_such_function_anywhere': no such"
like "where data is" "$out" '^[0-9a-f]{16} tasklist_lock \(no probe can be there\)$'
like "where a function is" "$out" '^[0-9a-f]{16} kallsyms_lookup_name$'
probectl --lookup kallsyms_lookup_name >/dev/null
is "--lookup: status" $? 0

# What it says when it cannot, and what to do next.
says "an unknown name" 1 "may be inlined or spelled otherwise: look into /proc/kallsyms" \
	probectl no_such_function_anywhere
says "a function on the blacklist" 1 "the kernel forbids probes in it" probectl get_kprobe
says "data" 1 "it is data" probectl tasklist_lock
# shellcheck disable=SC2046 # seventeen words
says "seventeen functions" 1 "one function too many" \
	probectl $(yes __x64_sys_swapoff | head -n 17)
rmmod "$name"
says "without the module" 1 "load the module" probectl __x64_sys_swapoff
insmod "$ko"
