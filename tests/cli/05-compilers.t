#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Everything compiles without a warning, with gcc and with clang: the build that 'make check'
# has made, and the one with sanitizers, made here, whose unit tests it runs afterwards.
. "$(dirname "$0")/lib.sh"
KMLAB_BUILD=${KMLAB_BUILD:-$top/build}

# option NAME VALUE: is that set in the build last looked at?
option() {
	grep -q "\"name\": \"$1\", \"value\": $2[,}]" "$scratch/options"
}

sanitized=$KMLAB_BUILD-sanitized
[ -f "$sanitized/build.ninja" ] || {
	run env CC=clang meson setup --werror "$sanitized" "$top" \
		-Db_sanitize=address,undefined -Db_lundef=false
	exits 0 "clang, with sanitizers: meson setup"
}
for pair in "gcc $KMLAB_BUILD" "clang $sanitized"; do
	cc=${pair%% *} dir=${pair#* }
	if [ ! -d "$dir" ]; then
		skip "$cc" "no $dir; 'make check' makes it"
		continue
	fi
	run ninja -C "$dir"
	exits 0 "$cc: all is built"
	meson introspect --buildoptions "$dir" >"$scratch/options"
	option werror true
	result "$cc: warnings are errors" $?
	compiler=$(sed -n 's/^ *"command": "\([^ ]*\) .*/\1/p' "$dir/compile_commands.json" | head -n 1)
	run "${compiler:-none}" --version
	case $cc in
	gcc) says 'Free Software Foundation' "gcc: is the compiler" ;;
	clang) says '^.*clang version' "clang: is the compiler" ;;
	esac
done
done_testing
