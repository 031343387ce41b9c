#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# compare.sh A B - how many system calls two traces have, and the lines of B whose names A
# does not have at that place. Addresses differ from run to run; names do not.
set -eu

calls()
{
	grep '^[a-z_0-9]*(' "$1"
}

names()
{
	calls "$1" | sed 's/(.*//'
}

count()
{
	echo "$1: $(calls "$1" | wc -l) system calls"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
names "$1" >"$work/a"
names "$2" >"$work/b"
count "$1"
count "$2"
diff --old-line-format='-%dn
' --new-line-format='+%dn
' --unchanged-line-format='' "$work/a" "$work/b" >"$work/lines" || true
while read -r line; do
	case $line in
	+*) calls "$2" | sed -n "${line#+}s/^/  + /p" ;;
	-*) calls "$1" | sed -n "${line#-}s/^/  - /p" ;;
	esac
done <"$work/lines"
