#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The model of asee_mod's wake-ups, tests/model: all that two writers and two readers can do
# is looked at, and each fault that is planted must be found.
. "$(dirname "$0")/lib.sh"

everything "the model of asee_mod's wake-ups" || done_testing
if ! command -v spin >/dev/null; then
	skip "the model of asee_mod's wake-ups" "spin is not installed"
	done_testing
fi

# In each line a name, its words joined by dots, and what to explore; the longest run first.
holds="
two.writers.and.two.readers -DFULL -DREADS=1
readers.and.an.interrupt -DWRITERS=1 -DREADS=1 -DINTERRUPTS=1
writers.and.long.writes -DREADERS=1 -DREADS=2 -DCAP=2 -DSIZE=2
readers.and.a.signal -DWRITERS=1 -DREADS=1 -DSIGNALS=1
a.smaller.or.larger.channel -DWRITERS=1 -DWRITES=2 -DREADERS=1 -DREADS=2 -DRESIZES=1 -DCAP=2 -DFULL
a.writer,.a.reader,.two.interrupts -DWRITERS=1 -DREADERS=1 -DINTERRUPTS=2
writes.of.one.byte.and.of.two.in.one.piece -DREADERS=1 -DREADS=3 -DCAP=2 -DSIZE=2 -DPIPE_BUF=2 -DMIXED
one.of.them.spins -DREADERS=1 -DREADS=1 -DCAP=2 -DSIZE=2 -DPIPE_BUF=2 -DMIXED -DSPIN -DFULL
readers.that.spin,.are.hungry.or.do.not.wait -DWRITERS=1 -DREADS=1 -DSPIN -DHUNGER -DNONBLOCK
writers.that.spin,.are.hungry.or.do.not.wait -DREADERS=1 -DREADS=1 -DSPIN -DHUNGER -DNONBLOCK -DFULL
"
found="
sleeping.without.another.look -DPLANT_NO_RECHECK -DWRITERS=1 -DREADS=1
publishing.without.a.barrier -DPLANT_NO_BARRIER_WAKER -DWRITERS=1 -DREADERS=1
reading.without.a.barrier -DPLANT_NO_BARRIER_WAKER -DWRITERS=1 -DREADERS=1 -DREADS=1 -DFULL
going.to.sleep.without.a.barrier -DPLANT_NO_BARRIER_WAITER -DWRITERS=1 -DREADERS=1
letting.an.end.go.without.a.barrier -DPLANT_NO_BARRIER_RELEASE -DWRITERS=1 -DREADS=1 -DNONBLOCK
letting.an.end.go.without.a.look.for.marks -DPLANT_NO_MARK -DWRITERS=1 -DREADS=1 -DNONBLOCK
leaving.a.mark.without.a.barrier -DPLANT_NO_BARRIER_MARK -DWRITERS=1 -DREADS=1 -DNONBLOCK
spinning.in.vain.and.telling.nobody -DPLANT_SPIN_KEEPS -DREADERS=1 -DREADS=1 -DCAP=2 -DSIZE=2 -DPIPE_BUF=2 -DMIXED -DSPIN -DFULL
no.handing.on.of.what.is.left -DPLANT_NO_HAND_ON -DWRITERS=1 -DREADS=1 -DCAP=2 -DSIZE=2 -DMIXED
no.handing.on.at.a.signal -DPLANT_NO_HAND_ON -DWRITERS=1 -DREADS=1 -DSIGNALS=1
a.flag.instead.of.the.epoch -DPLANT_FLAG -DWRITERS=1 -DREADS=1 -DINTERRUPTS=1
waking.everybody -DPLANT_HERD -DWRITERS=1 -DREADS=1
publishing.before.copying -DPLANT_EARLY -DWRITERS=1 -DREADERS=1
a.timer.that.looks.too.early -DPLANT_TIMER -DREADERS=1 -DREADS=2 -DFULL
a.resize.that.wakes.nobody -DPLANT_SILENT_RESIZE -DWRITERS=1 -DREADERS=1 -DRESIZES=1
a.resize.that.leaves.positions.stale -DPLANT_STALE -DWRITERS=1 -DWRITES=2 -DREADERS=1 -DREADS=2 -DRESIZES=1 -DCAP=2 -DFULL
"

# An optimizing compiler takes longer than it saves, but for the longest run.
export scratch top
# shellcheck disable=SC2016 # for the shell that xargs starts
printf '%s\n' "$holds" "$found" | grep . |
	xargs -P "$(nproc)" -L 1 sh -c 'name=$1; shift; status=0
		case $name in two.*) CFLAGS=-O1 ;; *) CFLAGS=-O0 ;; esac
		export CFLAGS
		"$top/tests/model/explore.sh" "$@" >"$scratch/$name" 2>&1 || status=$?
		echo "$status" >"$scratch/$name.status"' explore

# judge STATUS RUNS: did they end like that? The first lines of a way to the error are shown.
judge() {
	: >"$scratch/err"
	for name in $(printf '%s\n' "$2" | sed 's/ .*//'); do
		status=$(cat "$scratch/$name.status")
		cp "$scratch/$name" "$scratch/out"
		exits "$1" "$3$(echo "$name" | tr . ' ')"
	done
}

judge 0 "$holds" "nothing goes wrong: "
judge 1 "$found" "found: "
done_testing
