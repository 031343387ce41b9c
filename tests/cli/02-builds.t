#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every module of this repository that is to be built is built, in the order in which the
# tests with guests want them: they find them done.
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 1

# builds KERNEL SOURCE...
builds() {
	k=$1
	shift
	run "$KMLAB" build -q -k "$k" "$@"
	exits 0 "$* for $k"
}

for dir in modules/*/; do
	[ -e "$dir/Kbuild" ] || continue
	for k in $KMLAB_TEST_KERNELS; do
		builds "$k" "$dir"
	done
done
kernels=$newest
! everything "on every kernel" || kernels=$KMLAB_TEST_KERNELS
for k in $kernels; do
	builds "$k" tests/broken
	builds "$k" tests/leftovers
done
for expect in tests/alternatives/*/*/expect; do
	dir=$(dirname "$expect")
	# shellcheck disable=SC2086 # names of kernels
	k=$(of_name "${dir#tests/alternatives/}" $KMLAB_TEST_KERNELS)
	grep -q '^outcome=build-error' "$expect" || builds "$k" "$dir"
done
done_testing
