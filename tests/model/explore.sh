#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Explores all that can happen in wakeup.pml: usage: explore.sh [-DNAME[=VALUE]...]
# Exit 0: everything was looked at and holds. 1: something does not; how it comes to that is
# printed, shortest way first where a fault is planted. 2: not everything was looked at.
set -eu

model=$(cd "$(dirname "$0")" && pwd)/wakeup.pml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work"
cp "$model" .

# Depth first takes less memory; breadth first finds the shortest way.
search=-DCOLLAPSE
case " $* " in
*" -DPLANT_"*) search=-DBFS ;;
esac
spin "$@" -a wakeup.pml || exit 2
# shellcheck disable=SC2086 # several flags
${CC:-gcc} ${CFLAGS:--O2} -w -DSAFETY $search -DMEMLIM=900 -o pan pan.c || exit 2
./pan -m20000 -w21 >out 2>&1 || true

if grep -q 'errors: [1-9]' out; then
	sed -n 's/^pan:1: //p' out
	spin "$@" -t -T wakeup.pml | sed '/^spin:/,$d'
	exit 1
fi
if ! grep -q 'errors: 0' out || grep -q 'not completed\|too small\|out of memory\|reached -D' out; then
	cat out
	exit 2
fi
sed -n 's/^ *\([0-9]*\) states, stored$/all \1 states/p' out
