#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every module in tests/leftovers leaves one thing behind, or nothing: what its first
# comment says ("expect: KIND WHAT") must be reported, and nothing for "expect: clean".
# One Kbuild for all of them, one guest for each, on every kernel.
. "$(dirname "$0")/lib.sh"

mkdir "$scratch/all"
for dir in "$top"/tests/leftovers/*/; do
	name=$(basename "$dir")
	cp "$dir$name.c" "$scratch/all/"
	echo "obj-m += $name.o" >>"$scratch/all/Kbuild"
done

# expected NAME KERNEL: KIND WHAT, or "clean". What a kernel cannot see is named here.
expected() {
	case $1@$2 in
	# Before 5.19 the allocation event of per-CPU memory did not say who asked.
	lo_percpu@debian/5.10) echo clean ;;
	*) sed -n 's|.*expect: \([^*(]*[^*( ]\).*|\1|p' "$scratch/all/$1.c" | head -1 ;;
	esac
}

for k in $KMLAB_TEST_KERNELS; do
	run "$KMLAB" build -q -k "$k" "$scratch/all"
	exits 0 "all build for $k"
	kos=$(cat "$scratch/out")
	for ko in $kos; do
		name=$(basename "$ko" .ko)
		want=$(expected "$name" "$k")
		kind=${want%% *}
		what=${want#"$kind"}
		run "$KMLAB" run -q --json -k "$k" "$ko"
		if [ "$kind" = clean ]; then
			exits 0 "$name leaves nothing on $k"
			continue
		fi
		[ "$status" -ge 104 ] && grep -q "\"kind\": \"$kind\"" "$scratch/out" &&
			grep -q "\"title\": .*${what# }" "$scratch/out"
		result "$name leaves $want on $k" $?
	done
done

is "$(guests)" 0 "no guest is left"
done_testing
