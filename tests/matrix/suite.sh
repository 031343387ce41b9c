#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The program matrix with real guests, as TAP: natively, and in guests of the lab, which have
# a POSIX shell, and lib.sh beside this file. usage: MATRIX=PROGRAM suite.sh
MATRIX=${MATRIX:-matrix}
here=$(dirname "$0")
lib=$here/lib.sh
[ -e "$lib" ] || lib=$here/../cli/lib.sh
# shellcheck source=tests/cli/lib.sh
. "$lib"

# number FIELD GUEST: a member of that guest's JSON
number()
{
	tr '\n' ' ' <"$scratch/out" | sed 's/{"name"/\n&/g' | grep "^{\"name\": \"$2\"" |
		sed "s/.*\"$1\": \([-0-9.]*\).*/\1/"
}

# within VALUE LOW HIGH
within()
{
	awk -v x="$1" -v low="$2" -v high="$3" 'BEGIN { exit !(x != "" && x >= low && x <= high) }'
}

# total FIELD: a member of the JSON that belongs to no guest
total()
{
	tr '\n' ' ' <"$scratch/out" | sed "s/\"guests\".*//; s/.*\"$1\": \([0-9]*\).*/\1/"
}

# exact GUEST NAME: it got its share. It may be off by a few slices, and by what late kicks
# cost: on a busy machine the timer's signal comes late, and a run may end before that was
# made up for.
exact()
{
	awk -v points="$(number error_points "$1")" -v busy="$(total busy_ns)" \
		-v idle="$(total idle_ns)" -v slice="$(total slice_ns)" \
		-v late="$(total worst_overrun_ns)" 'BEGIN {
			off = points * (busy + idle) / 100
			off = off < 0 ? -off : off
			exit !(points != "" && off <= 3 * slice + 2 * late)
		}'
	result "$2" $?
}

# ---- one guest ----

run "$MATRIX" run hello
exits 0 "hello runs"
says "^Hello from long mode$" "bytes are printed"
says "^4294967295$" "32-bit numbers are printed unsigned"
says "^this string costs 1$" "strings are printed, and cost one exit"
says "^IO out: " "exits by type"
says "^my stack is mapped$" "an address is translated"
says "^Invalid GVA$" "a wild one is not"

run "$MATRIX" run --explain hello
for step in 1 2 3 4 5 6 7 8 9 10; do
	grep -q "^ *$step  .*" "$scratch/err"
	result "--explain has step $step" $?
done
says "KVM_CREATE_VM, 0) = [0-9]" "with the ioctl and its result"
says "KVM_TRANSLATE, 0xdead0000dead" "and what was translated"

run "$MATRIX" run walker
exits 0 "a walk through all of memory"
run "$MATRIX" run -m 64M walker
exits 0 "a larger one"

# ---- guests that misbehave end alone ----

for good in bad_wild bad_string bad_mmio; do
	run "$MATRIX" run $good
	exits 0 "$good does no harm"
	says "alive" "and lives on"
done
run "$MATRIX" run bad_pointer
exits 1 "an exception ends its guest"
says "crashed after .* page fault (#PF) at 0x10.*: a write to 0xdead0000, which is not mapped" \
	"with where and why"
run "$MATRIX" dump bad_pointer
says "^  rip  *0000000000010" "a dump has the registers as they were"
says "dead0000\|00 00 ad de" "and the instruction that did it"
run "$MATRIX" run bad_triple
exits 1 "a triple fault ends its guest"
says "guest 'bad_triple' crashed after .* triple fault" "and is said"
run "$MATRIX" run bad_jump
exits 1 "so does a jump to nowhere"
says "guest 'bad_jump' crashed" "and is said"
run "$MATRIX" run -t 300ms bad_flood
exits 0 "a flood of ports is survived"
run "$MATRIX" dump bad_triple
exits 0 "dump of a crash"
says "triple fault" "says what happened"
# Stopped one exit earlier: AMD's CPUs keep no registers of a guest that shut down.
run "$MATRIX" dump -n 1 bad_triple
says "^  rip  *0000000000010" "its registers"
says "^  0000000000000000 - 00000000001fffff -> 0000000000  2M w" "its page tables"
says "ud2\|0f 0b" "its code"
run "$MATRIX" dump -n 3 hello
exits 0 "dump after some exits"
says "runs, 3 exits" "no more and no less"

# ---- the cloud ----

for kick in imm sigmask; do
	run "$MATRIX" run --json -q -t 2s --kick $kick neo:70 morpheus:30
	exits 0 "two guests, kicked by $kick"
	exact neo "$kick: 70 % for neo"
	exact morpheus "$kick: 30 % for morpheus"
	run "$MATRIX" run --json -q -t 2s --kick $kick chatty:70 spinner:30
	exact chatty "$kick: 70 % for one that does I/O all the time"
done
within "$(number total spinner)" 0 0
result "kicks are no exits of the guest" $?
within "$(number kicked spinner)" 1 999999999999
result "and are counted on their own" $?
run "$MATRIX" run --json -q -t 2s --policy eevdf chatty:70 spinner:30
exact chatty "eevdf: the same"
# How far the other policies are off is tested in the simulator, where no kick is late.
for policy in ticks strict-io lottery; do
	run "$MATRIX" run --json -q -t 1s --policy $policy chatty:70 spinner:30
	exits 0 "two guests under $policy"
	within "$(number cpu_ns chatty)" 1 999999999999
	result "$policy: both run" $?
done

run "$MATRIX" run --json -q -t 2s sleeper:1000 spinner:70 chatty:30
within "$(number cpu_ns sleeper)" 1 1000000000
result "a sleeping guest costs what it uses" $?
exact spinner "70 of 100 of the rest for one"
exact chatty "30 of 100 for the other"
run "$MATRIX" run --json -q -t 1s sleeper
within "$(number cpu_ns sleeper)" 1 900000000
result "a guest that sleeps leaves the CPU alone" $?

# The cap holds for each 100 ms of wall time; what was too much is taken off the next 100.
run "$MATRIX" run --json -q -t 2s --cap spinner:20 spinner:90 chatty:10
awk -v cpu="$(number cpu_ns spinner)" -v wall="$(total wall_ns)" \
	-v late="$(total worst_overrun_ns)" \
	'BEGIN { exit !(cpu > 0 && cpu <= 0.2 * (wall + 1e8) + late + 1e7) }'
result "a cap of 20 % holds" $?
within "$(number cpu_ns chatty)" 1 999999999999
result "and the rest goes to the other" $?
run "$MATRIX" run --json -q -t 1s spinner:50 bad_triple:50 chatty:50
exits 1 "a crash is told by the status"
exact spinner "the rest keep their shares: one"
exact chatty "and the other"

many=
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	many="$many spinner:1 chatty:1 sleeper:1 mixed:1"
done
# shellcheck disable=SC2086 # words
run "$MATRIX" run --json -q -t 2s $many
exits 0 "64 guests"
[ "$(grep -c '"end": "runs"' "$scratch/out")" -eq 64 ]
result "all of them are there at the end" $?

run "$MATRIX" run -q -t 500ms --timeline "$scratch/who.svg" neo:2 sleeper chatty
exits 0 "a timeline"
grep -q '</svg>' "$scratch/who.svg" && [ "$(grep -c '<path fill' "$scratch/who.svg")" -eq 3 ]
result "has a lane for each guest" $?
run "$MATRIX" run -t 1s neo morpheus
says "^neo: Neo wakes up" "several guests' lines have names"
run "$MATRIX" run -t 1s -o "$scratch/text" neo
grep -q "^Neo wakes up" "$scratch/text"
result "-o writes what a guest prints to a file" $?

# ---- while it runs ----

"$MATRIX" run --json -q --ctl "$scratch/ctl" spinner:70 chatty:30 >"$scratch/final" 2>&1 &
cloud=$!
until [ -S "$scratch/ctl" ] || ! kill -0 $cloud; do sleep 0.1; done
# shellcheck disable=SC2012 # the mode, which busybox' stat shows in another way
[ "$(ls -l "$scratch/ctl" | cut -c1-10)" = srw------- ]
result "the control socket is for its owner only" $?
run "$MATRIX" ctl "$scratch/ctl" list
says "^spinner  *70" "list"
run "$MATRIX" ctl "$scratch/ctl" weight spinner 5
exits 0 "another weight"
run "$MATRIX" ctl "$scratch/ctl" add neo:10
exits 0 "one more guest"
run "$MATRIX" ctl "$scratch/ctl" pause chatty
exits 0 "one paused"
run "$MATRIX" ctl "$scratch/ctl" list
says "^chatty .* paused" "and seen as such"
says "^spinner  *5 " "the weight is seen"
says "^neo  *10 " "the new guest is seen"
run "$MATRIX" ctl "$scratch/ctl" dump neo
says "^  rip " "a dump of one that runs"
run "$MATRIX" ctl "$scratch/ctl" resume chatty
exits 0 "resumed"
run "$MATRIX" ctl "$scratch/ctl" weight chatty 0
exits 1 "a weight of 0 is refused"
run "$MATRIX" ctl "$scratch/ctl" stop nobody
exits 1 "so is a guest that is not there"
run "$MATRIX" ctl "$scratch/ctl" frobnicate
exits 1 "and a command that is none"
says "there are list" "and says what there is"
run "$MATRIX" ctl "$scratch/ctl" add "$scratch/missing"
exits 1 "and an image that is not there"
run "$MATRIX" run --ctl "$scratch/ctl" spinner
exits 1 "a socket in use is refused"
for guest in spinner chatty neo; do
	run "$MATRIX" ctl "$scratch/ctl" stop $guest
	exits 0 "$guest stopped"
done
wait $cloud
status=$?
exits 0 "with the last guest the cloud ends"
[ ! -e "$scratch/ctl" ]
result "and its socket is gone" $?

# ---- interruption ----

"$MATRIX" run --json -q --ctl "$scratch/ctl" spinner:70 chatty:30 >"$scratch/out" \
	2>"$scratch/err" &
cloud=$!
until [ -S "$scratch/ctl" ] || ! kill -0 $cloud; do sleep 0.1; done
sleep 1
# Not SIGINT, which a shell makes its background jobs ignore.
kill -TERM $cloud
wait $cloud
status=$?
exits 130 "a signal ends it"
exact spinner "with its report"

# ---- what cannot be run ----

: >"$scratch/empty"
run "$MATRIX" run "$scratch/empty"
exits 1 "an empty image"
says "cannot be loaded: it is empty" "is named"
run "$MATRIX" run "$scratch/nothing"
exits 1 "no image"
says "there is no guest" "is said"
run "$MATRIX" run "$scratch"
exits 1 "a directory"
dd if=/dev/zero of="$scratch/big" bs=1024 count=3000 2>/dev/null
run "$MATRIX" run "$scratch/big"
exits 1 "an image larger than the memory"
says "memory; --memory gives more" "and says what helps"
"$MATRIX" guests -o "$scratch/neo.elf" neo
dd if="$scratch/neo.elf" of="$scratch/cut" bs=1 count=100 2>/dev/null
run "$MATRIX" run "$scratch/cut"
exits 1 "an ELF file cut off"
run "$MATRIX" run -t 1s "$scratch/neo.elf"
exits 0 "a guest from a file"
says "^Neo wakes up" "runs"
run "$MATRIX" run --profile course16 "$scratch/neo.elf"
exits 1 "an ELF file for real mode"
run "$MATRIX" run "$MATRIX"
exits 1 "a program of the host"
run "$MATRIX" run -t 200ms neo "$scratch/missing"
exits 1 "one of two missing"

done_testing
