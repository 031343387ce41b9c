#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kmlab shell: a terminal with job control and a size, and a plain pipe.
. "$(dirname "$0")/lib.sh"

echo 'uname -r; lsmod' >"$scratch/script"
status=0
"$KMLAB" shell -q -k $kernel "$top/modules/hello" <"$scratch/script" \
	>"$scratch/out" 2>"$scratch/err" || status=$?
exits 0 "a shell that reads a pipe"
says '^hello ' "with the module loaded"

# A real terminal, driven by script(1): 40 rows of 100 columns, a job that is interrupted
# by ^C, and the shell that lives on.
# shellcheck disable=SC2016 # for the guest's shell
in_terminal() {
	{
		wait_for '#' 1
		printf 'stty size\n'
		wait_for '40 100' 1
		printf 'echo begun-$((40 + 2)); sleep 1000\n'
		wait_for 'begun-42' 1
		printf '\003'
		printf 'echo still-$((40 + 2))\n'
		wait_for 'still-42' 1
		printf 'sleep 1000 &\njobs\n'
		wait_for 'Running' 1
		printf 'exit 5\n'
		sleep 1
	} | script -qefc "stty rows 40 cols 100; '$KMLAB' shell -q -k $kernel" /dev/null
}
if command -v script >/dev/null; then
	status=0
	in_terminal >"$scratch/out" 2>"$scratch/err" || status=$?
	exits 5 "a shell on a terminal, and its status"
	says '40 100' "knows the window's size"
	says 'still-42' "survives ^C"
	says 'Running' "has job control"
	silent_about "can't access tty" "and a controlling terminal"
else
	skip "a shell on a terminal" "no script(1) here"
fi

is "$(guests)" 0 "no guest is left"
done_testing
