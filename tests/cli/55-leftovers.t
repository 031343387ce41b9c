#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every module in tests/leftovers leaves one thing behind, or nothing: what its first
# comment says ("expect: KIND WHAT") must be reported, and nothing for "expect: clean". They are
# loaded one after the other in a guest for each group, on the newest kernel; with
# KMLAB_TEST_ALL on every one.
. "$(dirname "$0")/lib.sh"

# expected NAME: KIND WHAT, or "clean", on $k. What a kernel cannot see is named here.
expected() {
	case $1@$k in
	# Before 5.19 the allocation event of per-CPU memory did not say who asked.
	lo_percpu@debian/5.10) echo unseen ;;
	*) sed -n '2s|^/\* expect: \([^*(]*[^*( ]\).*|\1|p' "$top/tests/leftovers/$1.c" ;;
	esac
}

# What a module leaves in a list of the kernel's points to nothing: the next that walks this
# list crashes. These modules are loaded first and so unloaded last, after all that use their
# lists. lo_kprobe is the very first, as each unload walks the list of kprobes.
in_order() {
	for first in lo_kprobe lo_driver lo_fs lo_notifier; do
		grep "/$first.ko$" "$scratch/kos"
	done
	grep -v -e '/lo_\(kprobe\|driver\|fs\|notifier\)\.ko$' "$scratch/kos"
}

# group NAME: the guest in which it is loaded. What the kernel took for a module, and references,
# show when the modules are loaded again and again, "(again)", and that is done where nothing
# else was found.
group() {
	case $(sed -n 2p "$top/tests/leftovers/$1.c") in
	*" clean "*) echo clean ;;
	*" (again) "*) echo again ;;
	*" pointer "*) echo pointer ;;
	*) echo left ;;
	esac
}

# chosen GROUP: its modules
chosen() {
	for ko in $(in_order); do
		[ "$(group "$(basename "$ko" .ko)")" != "$1" ] || echo "$ko"
	done
}

# events: "KIND TITLE", a line each, of what the last run found.
events() {
	awk '
	/^          "kind": / { kind = $2; gsub(/[",]/, "", kind) }
	/^          "title": / { sub(/^ *"title": "/, ""); print kind, $0 }
	' "$scratch/out"
}

# take KIND WHAT: is there an event like that? It is taken out, to count for one module only.
take() {
	n=$(grep -n -e "^$1.*${2:+[^0-9a-z]$2[^0-9a-z_]}" "$scratch/events" |
		head -n 1 | cut -d: -f1)
	[ -n "$n" ] && sed -i "${n}d" "$scratch/events"
}

# judge_leftovers GROUP: what is expected by name chooses first; what is expected only by
# kind, from the rest.
judge_leftovers() {
	for pass in named unnamed; do
		for ko in $(chosen "$1"); do
			name=$(basename "$ko" .ko)
			want=$(expected "$name")
			kind=${want%% *}
			what=${want#"$kind"}
			case $pass,$what,$want in
			named,,* | unnamed,?*,* | *,unseen) continue ;;
			esac
			take "$kind" "${what# }"
			result "$name leaves ${want:-what? its first comment must say} on $k" $?
		done
	done
}

# What the command itself leaves in /dev is no module's: nodes of a device that is gone with its
# module, of one that never was and of one that was there before, files, links, directories.
# It also reads what modules have there: the kernel remembers such files for a while, and its
# allocator is to begin anew.
# shellcheck disable=SC2016 # for the guest's shell
own_names='
	set -e
	mknod /dev/own_chrdev c $(sed -n "s/ lo_clean_chrdev$//p" /proc/devices) 0
	mknod /dev/own_nothing c 10 5
	mknod /dev/own_null c 1 3
	mknod /dev/own_block b 240 0
	mkdir /dev/own_dir
	mknod /dev/own_dir/null c 1 3
	echo >/dev/own_file
	echo >/dev/shm/own_file
	ln -s null /dev/own_link
	mkfifo /dev/own_pipe
	find /proc/sys/kernel -name "lo_[ab]" -exec cat {} + >/dev/null
	for s in kmalloc-2k kmalloc-cg-2k; do
		s=/sys/kernel/slab/$s/shrink
		[ ! -e $s ] || echo 1 >$s
	done
	read -r nothing </proc/lo_clean_sheaves || [ -z "$nothing" ]'

# One of them loses something each time it is used.
# shellcheck disable=SC2016 # for the guest's shell
uses='[ ! -e /proc/lo_single ] || cat /proc/lo_single'

kernels=$newest
! everything "on every kernel" || kernels=$KMLAB_TEST_KERNELS
for k in $kernels; do
	run "$KMLAB" build -q -k "$k" "$top/tests/leftovers"
	exits 0 "all build for $k"
	cp "$scratch/out" "$scratch/kos"
	for which in left pointer again; do
		# shellcheck disable=SC2046 # names without blanks
		run "$KMLAB" test -q --in-turns --json -k "$k" --expect leak $(chosen $which) -- \
			sh -c "$uses"
		exits 0 "all leave something, and nothing worse happens on $k ($which)"
		events >"$scratch/events"
		judge_leftovers $which
		! grep '^pointer ' "$scratch/events"
		result "no pointer is told in vain on $k ($which)" $?
	done
	# shellcheck disable=SC2046
	run "$KMLAB" test -q --in-turns -k "$k" $(chosen clean) -- sh -c "$own_names"
	exits 0 "the others leave nothing on $k"
	run "$KMLAB" run -q -k "$k" "$(grep /lo_clean_preempted.ko "$scratch/kos")"
	exits 0 "frees that interrupt frees are frees on $k"
	silent_about "missed some records" "and each of them was seen on $k"
done
is "$(guests)" 0 "no guest is left"
done_testing
