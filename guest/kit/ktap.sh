# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# KTAP version 1 for tests that run inside a guest, in busybox sh, and what many of them
# do with a module: unload it again and again, or while it is in use. Source it:
#
#	. "${KMLAB_KTAP:-/lab/ktap.sh}"
#	plan 2
#	ok "loaded" test -d /sys/module/hello
#	is "version" "$(cat /sys/module/hello/version)" 1.0
#	finish
#
# Every check prints one result and goes on. finish, or the end of the script, exits with
# 1 when a check failed or when fewer or more checks ran than planned.
#
# The module is the one named by KMLAB_MODULE and KMLAB_KO. A test may have functions of
# its own with the names used here, and then calls those.

ktap_planned=0
ktap_ran=0
ktap_failed=0
ktap_why=

# plan N - say how many checks follow. First of all.
plan()
{
	ktap_planned=$1
	trap ktap_end EXIT
	printf 'KTAP version 1\n1..%d\n' "$1"
}

# skip_all WHY - end here; nothing of this test applies.
skip_all()
{
	printf 'KTAP version 1\n1..0 # SKIP %s\n' "$1"
	exit 0
}

# diag TEXT... - a comment for the reader; each line of it is marked as such.
diag()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

# why TEXT... - what was expected and what usually goes wrong, for the next check: printed
# when it fails, forgotten when it passes.
why()
{
	ktap_why=$*
}

# result STATUS NAME - one result by its number: 0 is good. Returns STATUS.
result()
{
	ktap_ran=$((ktap_ran + 1))
	if [ "$1" -eq 0 ]; then
		printf 'ok %d %s\n' "$ktap_ran" "$2"
	else
		ktap_failed=$((ktap_failed + 1))
		printf 'not ok %d %s\n' "$ktap_ran" "$2"
		[ -z "$ktap_why" ] || diag "$ktap_why"
	fi
	ktap_why=
	return "$1"
}

# skip NAME WHY - a check that cannot be made here.
skip()
{
	ktap_ran=$((ktap_ran + 1))
	printf 'ok %d %s # SKIP %s\n' "$ktap_ran" "$1" "$2"
}

# ok NAME COMMAND... - the command succeeds; what it printed is shown when it does not.
ok()
{
	ktap_name=$1
	shift
	ktap_out=$("$@" 2>&1)
	ktap_status=$?
	result $((ktap_status != 0)) "$ktap_name" && return 0
	diag "status $ktap_status from: $*"
	[ -z "$ktap_out" ] || diag "$ktap_out"
	return 1
}

# fails NAME COMMAND... - the command fails; what it said is left in $said.
# shellcheck disable=SC2034 # $said is for the test
fails()
{
	ktap_name=$1
	shift
	said=$("$@" 2>&1)
	ktap_status=$?
	result $((ktap_status == 0)) "$ktap_name" || diag "succeeded: $*"
}

# is NAME GOT WANT - the two texts are equal.
is()
{
	[ "$2" = "$3" ]
	result $? "$1" && return 0
	diag "got:  $2"
	diag "want: $3"
	return 1
}

# has NAME GOT TEXT - the text is somewhere in it, taken literally.
has()
{
	case $2 in
	*"$3"*) result 0 "$1" && return 0 ;;
	esac
	result 1 "$1"
	diag "got:       $2"
	diag "want some: $3"
	return 1
}

# like NAME GOT PATTERN - some line of the text matches the extended regular expression.
like()
{
	grep -Eq -e "$3" <<-.
		$2
	.
	result $? "$1" && return 0
	diag "got:  $2"
	diag "want: /$3/"
	return 1
}

# unlike NAME GOT PATTERN - no line of it does.
unlike()
{
	! grep -Eq -e "$3" <<-.
		$2
	.
	result $? "$1" && return 0
	diag "got:     $2"
	diag "without: /$3/"
	return 1
}

# klog_mark - from here on klog_since prints what the kernel logged.
klog_mark()
{
	read -r ktap_mark </proc/sys/kernel/random/uuid
	ktap_mark="ktap: mark $ktap_mark"
	printf '%s\n' "$ktap_mark" >/dev/kmsg
}

# klog_since - the kernel log after the last mark.
klog_since()
{
	dmesg | awk -v mark="$ktap_mark" 'found; index($0, mark) { found = 1 }'
}

# reloads N [PARAM=VALUE...] - unload and load the module N times; it is loaded before and
# afterwards. A command for ok: ok "200 times unloaded and loaded" reloads 200
# "command": a test may have a function of that name.
reloads()
{
	ktap_times=$1
	shift
	command reload "$ktap_times" "${KMLAB_MODULE:?}" "${KMLAB_KO:?}" "$@"
}

# has_param NAME - the module is loaded, and has a parameter of this name.
has_param()
{
	[ -e "/sys/module/${KMLAB_MODULE:?}/parameters/$1" ]
}

# Commands for ok that unload the module while it is in use.

# stays_while_open FILE - unloading is refused as long as the file is open. Where it is
# not, the module is not loaded afterwards.
stays_while_open()
{
	exec 3<"$1"
	rmmod "${KMLAB_MODULE:?}" 2>/dev/null
	ktap_status=$?
	exec 3<&-
	[ "$ktap_status" -ne 0 ]
}

# stays_or_ends FILE - while the file is open, either unloading is refused, and the file
# can be read, or reading the open file gives an error, or nothing. The module is loaded
# afterwards.
stays_or_ends()
{
	exec 3<"$1"
	if rmmod "${KMLAB_MODULE:?}" 2>/dev/null; then
		ktap_text=$(cat <&3 2>/dev/null)
		exec 3<&-
		insmod "${KMLAB_KO:?}" && [ -z "$ktap_text" ]
	else
		ktap_text=$(cat <&3)
		exec 3<&-
		[ -n "$ktap_text" ]
	fi
}

# reload_while_open FILE [w] - unloading while the file is open for reading (with w: for
# writing, too) is refused, or does no harm when the open file is read; the file is there
# afterwards. For files that answer only when asked: stays_or_ends cannot judge those.
reload_while_open()
{
	case ${2:-} in
	w) exec 3<>"$1" ;;
	*) exec 3<"$1" ;;
	esac
	rmmod "${KMLAB_MODULE:?}" && insmod "${KMLAB_KO:?}"
	cat <&3 >/dev/null 2>&1
	exec 3<&-
	[ -e "$1" ]
}

# reload_under TIMES PID... - try that many times to unload and load the module while
# these background processes use it, then end them. An unload may be refused when one of
# them is inside. The module is loaded afterwards.
reload_under()
{
	ktap_times=$1
	shift
	while [ "$ktap_times" -gt 0 ]; do
		ktap_times=$((ktap_times - 1))
		rmmod "${KMLAB_MODULE:?}" 2>/dev/null || continue
		insmod "${KMLAB_KO:?}" || break
	done
	kill "$@"
	wait "$@"
	grep -q "^$KMLAB_MODULE " /proc/modules
}

# reload_under_readers TIMES FILE - the same, while a process on each of two CPUs reads
# the file again and again.
reload_under_readers()
{
	ktap_pids=
	for ktap_cpu in 1 2; do
		# shellcheck disable=SC2016 # for the other shell
		taskset $ktap_cpu sh -c 'while :; do cat "$1"; done' sh "$2" >/dev/null 2>&1 &
		ktap_pids="$ktap_pids $!"
	done
	reload_under "$1" $ktap_pids
}

# finish - the end; also reached through the EXIT trap by a script that stops early.
finish()
{
	exit
}

ktap_end()
{
	ktap_status=$?
	trap - EXIT
	if [ "$ktap_ran" -ne "$ktap_planned" ]; then
		diag "planned $ktap_planned checks, ran $ktap_ran"
		exit 1
	fi
	[ "$ktap_failed" -eq 0 ] || exit 1
	exit "$ktap_status"
}
