#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Judges every module in tests/broken on the newest kernel, with KMLAB_TEST_ALL on every one,
# and compares the verdict with what the module's first comment expects
# (tests/broken/README.md). Names as arguments: only those. All that can be built are built
# together.
. "$(dirname "$0")/lib.sh"
cd "$top/tests/broken" || exit 1
tmp=$scratch

# want KEY - the module's expectation: KEY@KERNEL before KEY.
want()
{
	value=$(sed -n "s|^$1@$k=||p" "$tmp/expect")
	[ -n "$value" ] || value=$(sed -n "s|^$1=||p" "$tmp/expect")
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
	/^      "(outcome|exit|phase|summary|hint)": / {
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
	line=$(grep -n '/\* here \*/' "$module.c" | cut -d: -f1)
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
	flatten "$tmp/json" >"$tmp/flat"
	for key in exit outcome phase; do
		compare $key "$(field $key)"
	done
	some summary "$(field summary)"
	some hint "$(field hint)"
	compare kind "$(field event | grep "^$(field outcome):" | cut -d: -f3 | head -n 1)"
	some event "$(field event)"
	some function "$(field frame)"
	check_line
}

# judge SOURCE - kmlab's own options as the module wants them; the verdict is in json.
judge()
{
	source=$1
	set -- test --quiet --json --in-turns --kernel "$k" --expect "$(want outcome)"
	[ -z "$(want timeout)" ] || set -- "$@" --timeout "$(want timeout)"
	[ -z "$(want param)" ] || set -- "$@" --param "$(want param)"
	[ -z "$(want settle)" ] || set -- "$@" --settle "$(want settle)"
	set -- "$@" "$source"
	[ -z "$(want command)" ] || set -- "$@" -- sh -c "$(want command)"
	"$KMLAB" "$@" >"$tmp/json" 2>"$tmp/stderr" </dev/null
}

# other - a kernel that is not this one, or nothing.
other()
{
	for other in $KMLAB_TEST_KERNELS; do
		[ "$other" = "$k" ] || { echo "$other" && return; }
	done
}

# check_expect - a typing error in it must not make it expect nothing.
check_expect()
{
	grep -Ev -e '^(outcome|phase|exit|kind|summary|hint|event|function|command|timeout|settle|param)(@debian/[0-9.]+)?=.' \
		-e '^line(@debian/[0-9.]+)?=(here|later)$' -e '^build_kernel=other$' \
		-e '^needs=kasan$' -e '^kasan_(outcome|kind|exit)=.' "$tmp/expect" |
		sed 's/^/expect: what is this: /'
	grep -o '^[a-z_][^=]*=' "$tmp/expect" | sort | uniq -d | sed 's/^/expect: twice: /'
	for key in outcome phase exit; do
		[ -n "$(want $key)" ] || echo "expect: no $key"
	done
}

# The .ko that was built with all the others, or the source.
source_of()
{
	if [ "$(want build_kernel)" = other ]; then
		"$KMLAB" build --quiet --kernel "$(other)" "$module.c" 2>"$tmp/stderr"
	else
		grep "/$module.ko\$" "$tmp/kos" || echo "$module.c"
	fi
}

one()
{
	expectation "$module.c" >"$tmp/expect" 2>"$tmp/why"
	check_expect >>"$tmp/why"
	: >"$scratch/out"
	: >"$tmp/stderr"
	if [ ! -s "$tmp/why" ]; then
		if [ "$(want build_kernel)" = other ] && [ -z "$(other)" ]; then
			skip "$module on $k" "needs a second kernel"
			return
		fi
		judge "$(source_of)"
		check
	fi
	[ ! -s "$tmp/why" ]
	result "$module on $k" $?
	[ ! -s "$tmp/why" ] || sed 's/^/# /' "$tmp/why" "$tmp/flat" "$tmp/stderr"
}

[ $# -gt 0 ] || set -- *.c
kernels=$newest
! everything "on every kernel" || kernels=$KMLAB_TEST_KERNELS
: >"$tmp/flat"
for k in $kernels; do
	run "$KMLAB" build --quiet -k "$k" .
	exits 0 "those that can be built are built for $k"
	cp "$scratch/out" "$tmp/kos"
	for module; do
		module=${module%.c}
		one
	done
done
is "$(guests)" 0 "no guest is left"
done_testing
