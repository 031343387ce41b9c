#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Judges every module in tests/broken on every kernel and compares the verdict with the
# module's own expectation (tests/broken/README.md). Names as arguments: only those.
# Environment: KMLAB the program, KMLAB_TEST_KERNELS the kernels.
cd "$(dirname "$0")/../broken" || exit 1
kmlab=${KMLAB:-kmlab}
kernels=${KMLAB_TEST_KERNELS:-debian/6.1}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
number=0
failed=0

# want KEY - the module's expectation: KEY@KERNEL before KEY.
want()
{
	value=$(sed -n "s|^$1@$kernel=||p" "$module/expect")
	[ -n "$value" ] || value=$(sed -n "s|^$1=||p" "$module/expect")
	printf '%s' "$value"
}

# The parts of a verdict as plain lines: "KEY VALUE" for its own fields, then for each event
# "event OUTCOME:PHASE:KIND" and its frames as "frame FUNCTION FILE:LINE". Relies on the
# report having one field per line at a fixed depth (docs/result.md).
flatten()
{
	awk '
	function text(s) {
		sub(/^ *"[a-z_]*": "?/, "", s)
		sub(/"?,?$/, "", s)
		return s
	}
	/^      "(outcome|exit|phase|summary)": / {
		key = $1
		gsub(/[":]/, "", key)
		print key, text($0)
	}
	/^          "outcome": / { event = text($0) }
	/^          "phase": / { event = event ":" text($0) }
	/^          "kind": / { print "event", event ":" text($0) }
	/^          "title": / { print "title", text($0) }
	/^              "function": / { frame = text($0) }
	/^              "file": / { file = text($0) }
	/^              "line": / { print "frame", frame, file ":" text($0) }
	' "$1"
}

# compare KEY GOT - the expectation is an extended regular expression for all of it.
compare()
{
	expected=$(want "$1")
	[ -n "$expected" ] || return 0
	printf '%s\n' "$2" | grep -Eqx -e "$expected" && return 0
	printf '%s: got %s, want %s\n' "$1" "$2" "$expected" >>"$tmp/why"
}

# some KEY LINES - as compare, but one of several lines must match, anywhere in it.
some()
{
	expected=$(want "$1")
	[ -n "$expected" ] || return 0
	printf '%s\n' "$2" | grep -Eq -e "$expected" && return 0
	printf '%s: nothing matches %s\n' "$1" "$expected" >>"$tmp/why"
}

# The marked source line of the module must be named, by a title or by a frame.
check_line()
{
	[ "$(want line)" = here ] || return 0
	line=$(grep -n '/\* here \*/' "$module/$module.c" | cut -d: -f1)
	grep -Eq "^(title|summary|frame) .*(^|[^a-z-])$module\\.c:$line([^0-9]|\$)" \
		"$tmp/flat" && return 0
	echo "line: $module.c:$line is not named" >>"$tmp/why"
}

field()
{
	sed -n "s/^$1 //p" "$tmp/flat"
}

check()
{
	: >"$tmp/why"
	flatten "$tmp/json" >"$tmp/flat"
	compare exit "$1"
	for key in outcome phase; do
		compare $key "$(field $key)"
	done
	some summary "$(field summary)"
	compare kind "$(field event | grep "^$(field outcome):" | cut -d: -f3 | head -n 1)"
	some event "$(field event)"
	some function "$(field frame)"
	check_line
}

# run SOURCE - kmlab's own options as the module wants them; the verdict is in json.
run()
{
	source=$1
	set -- run --quiet --json --kernel "$kernel"
	[ -z "$(want timeout)" ] || set -- "$@" --timeout "$(want timeout)"
	[ -z "$(want param)" ] || set -- "$@" --param "$(want param)"
	[ -z "$(want settle)" ] || set -- "$@" --settle "$(want settle)"
	set -- "$@" "$source"
	[ -z "$(want command)" ] || set -- "$@" -- sh -c "$(want command)"
	"$kmlab" "$@" >"$tmp/json" 2>"$tmp/stderr" </dev/null
}

# other - a kernel that is not this one, or nothing.
other()
{
	for k in $kernels; do
		[ "$k" = "$kernel" ] || { echo "$k" && return; }
	done
}

one()
{
	number=$((number + 1))
	name="$module on $kernel"
	source=$module
	if [ "$(want build_kernel)" = other ]; then
		another=$(other)
		if [ -z "$another" ]; then
			echo "ok $number - $name # SKIP needs a second kernel"
			return
		fi
		source=$("$kmlab" build --quiet --kernel "$another" "$module" 2>"$tmp/stderr")
	fi
	run "$source"
	check $?
	if [ ! -s "$tmp/why" ]; then
		echo "ok $number - $name"
		return
	fi
	failed=1
	echo "not ok $number - $name"
	sed 's/^/# /' "$tmp/why" "$tmp/flat" "$tmp/stderr"
}

[ $# -gt 0 ] || set -- */
count=0
for kernel in $kernels; do
	count=$((count + $#))
done
echo "1..$count"
for kernel in $kernels; do
	for module; do
		module=${module%/}
		one
	done
done
exit $failed
