# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What the command-line tests share: TAP output, a scratch directory, and a runner that
# keeps a command's status and output. Source it first: . "$(dirname "$0")/lib.sh"
#
# Environment: KMLAB (the program), KMLAB_TEST_KERNELS (names separated by blanks, the oldest
# first), KMLAB_TEST_ALL (not empty: also what 'make check' leaves to 'make check-all').

top=$(cd "$(dirname "$0")/../.." && pwd)
KMLAB=${KMLAB:-$top/build/bin/kmlab}
KMLAB_TEST_KERNELS=${KMLAB_TEST_KERNELS:-debian/6.1}
KMLAB_TEST_ALL=${KMLAB_TEST_ALL:-}
# What is the same on all kernels is tested on the oldest, which is the quickest to emulate;
# what a new kernel is likely to break, on the newest.
# shellcheck disable=SC2034 # for the tests
kernel=${KMLAB_TEST_KERNELS%% *} newest=${KMLAB_TEST_KERNELS##* }
scratch=$(mktemp -d)
count=0
failures=0
status=0

trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

# run COMMAND [ARG...]: status in $status, output in $scratch/out and $scratch/err.
run() {
	status=0
	"$@" >"$scratch/out" 2>"$scratch/err" </dev/null || status=$?
}

show() {
	sed 's/^/# /' "$scratch/out" "$scratch/err" | head -40
}

# write_module FILE CODE BODY: a module with CODE from its second line on, and BODY in its init
# function.
write_module() {
	mkdir -p "$(dirname "$1")"
	cat >"$1" <<-END
		#include <linux/module.h>
		$2
		static int __init test_init(void)
		{
			$3
			return 0;
		}
		static void __exit test_exit(void) { }
		module_init(test_init);
		module_exit(test_exit);
		MODULE_LICENSE("GPL");
		MODULE_DESCRIPTION("test");
	END
}

# expectation FILE - what a broken module or an alternative expects: the lines of its first
# comment behind "expect:". Lines that look like them and stand before it are given with their
# star, so that the caller's check finds fault.
expectation() {
	awk '
	/\*\// { exit }
	here { sub(/^ \*\t/, "") }
	here || /^ \*\t/
	/^ \* expect:$/ { here = 1 }
	' "$1"
}

# result NAME CONDITION-STATUS
result() {
	count=$((count + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		failures=$((failures + 1))
		show
	fi
}

# exits STATUS NAME: did the last run end like that?
exits() {
	[ "$status" -eq "$1" ]
	result "$2 (exit $1)" $?
	[ "$status" -eq "$1" ] || echo "# exit status $status"
}

# says TEXT NAME: is the basic regular expression in what the last run printed?
says() {
	grep -q -e "$1" "$scratch/out" "$scratch/err"
	result "$2" $?
}

silent_about() {
	! grep -q -e "$1" "$scratch/out" "$scratch/err"
	result "$2" $?
}

# wait_for PATTERN COUNT: until that many lines of $scratch/out match; five minutes are long
# enough for any machine.
wait_for() {
	tries=0
	while [ "$(grep -c -e "$1" "$scratch/out")" -lt "$2" ]; do
		tries=$((tries + 1))
		[ $tries -lt 3000 ] || return 1
		sleep 0.1
	done
}

# is GOT WANT NAME
is() {
	[ "$1" = "$2" ]
	result "$3" $?
	[ "$1" = "$2" ] || printf 'got:  %s\nwant: %s\n' "$1" "$2" | sed 's/^/# /'
}

skip() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# of_name NAME WORD...: one of the words, always the same for the same name.
of_name() {
	set -- $(($(printf '%s' "$1" | cksum | cut -d' ' -f1) % ($# - 1) + 3)) "$@"
	eval "echo \"\${$1}\""
}

# everything: is this 'make check-all'? If not, NAME is a skipped test.
everything() {
	[ -z "$KMLAB_TEST_ALL" ] || return 0
	skip "$1" "only in 'make check-all'"
	return 1
}

# relay_table: each line of the table that the last 'kmlab test' printed as a result of ours;
# after the table come the reports of those that failed.
relay_table() {
	sed '/^$/,$d' "$scratch/out" >"$scratch/table"
	while read -r k name outcome rest; do
		[ "$outcome" = pass ]
		result "$name on $k" $? >"$scratch/line"
		head -n 1 "$scratch/line"
		[ "$outcome" = pass ] || echo "# $outcome $rest"
	done <"$scratch/table"
	sed -n '/^$/,$p' "$scratch/out" | head -200 | sed 's/^/# /'
}

# Guests of this test that are still there; other tests may have theirs at the same time.
export KMLAB_TESTED_BY=$$
guests() {
	for pid in $(pgrep -f qemu-system); do
		tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" |
			grep -x "KMLAB_TESTED_BY=$KMLAB_TESTED_BY"
	done | wc -l
}

# missing_in WORDS OPTIONS: those options that are not among the words
missing_in() {
	for option in $2; do
		case " $1 " in
		*" $option "*) ;;
		*) printf ' %s' "$option" ;;
		esac
	done
}

# completed PROGRAM COMMAND: what bash offers after "NAME COMMAND --"
completed() {
	bash -c '
		name=$(basename "$2")
		. "$1/completion/$name.bash"
		COMP_WORDS=("$name" $3 --); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		PATH=$(dirname "$2"):$PATH "_$name"
		echo "${COMPREPLY[@]}"' bash "$top" "$1" "$2"
}

done_testing() {
	echo "1..$count"
	[ "$failures" -eq 0 ]
	exit
}
