#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Everything compiles without a warning, with gcc and with clang.
. "$(dirname "$0")/lib.sh"

for cc in gcc clang; do
	if ! command -v $cc >/dev/null; then
		skip "$cc" "not installed"
		continue
	fi
	run env CC=$cc meson setup --werror "$scratch/$cc" "$top"
	exits 0 "$cc: meson setup"
	run ninja -C "$scratch/$cc"
	exits 0 "$cc: no warning"
done
done_testing
