#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Modules whose debug information names files of the host, and what a report makes of them.
. "$(dirname "$0")/lib.sh"

here=$top/tests/hostile/report
scratch=$(cd "$scratch" && pwd -P)
mkdir "$scratch/lines" "$scratch/names" "$scratch/given"
lines=$scratch/lines
echo "the secret line" >"$scratch/secret"
echo "the secret line" >"$lines/.hidden"
ln -s ../secret "$lines/link.c"
mkfifo "$lines/fifo.c"
sed -e "s|SECRET|$scratch/secret|" -e "s|BACK|$lines/../secret|" \
	-e "s|LINK|$lines/link.c|" -e "s|FIFO|$lines/fifo.c|" \
	-e "s|HIDDEN|$lines/.hidden|" -e "s|HONEST|$lines/honest.h|" \
	"$here/lines.c" >"$lines/lines.c"
awk '{ print "line " NR " of the tree" }' "$lines/lines.c" >"$lines/honest.h"
echo "obj-m := lines.o" >"$lines/Kbuild"
long=$(awk 'BEGIN { while (n++ < 5000) printf "x" }')
sed "s|LONG|/$long|" "$here/names.c" >"$scratch/names/names.c"
echo "obj-m := names.o" >"$scratch/names/Kbuild"
find "$lines" "$scratch/secret" -printf '%p %s %T@ %C@\n' | sort >"$scratch/before"

# A report that reads what it must not may never end.
run timeout 300 "$KMLAB" run -k "$kernel" "$lines"
exits 105 "a module that names files of the host is judged"
says "at_secret (secret:1)" "the report has its word for the place"
says "at_zero (zero:1)" "also for a device"
says "at_fifo (fifo.c:1)" "and a FIFO"
silent_about "the secret line" "but quotes no file outside, behind '..' or a link, or hidden"
says "22 | line 22 of the tree" "while files of the tree are quoted"
find "$lines" "$scratch/secret" -printf '%p %s %T@ %C@\n' | sort >"$scratch/after"
cmp -s "$scratch/before" "$scratch/after"
result "the source is as it was" $?

ko=$("$KMLAB" build -q -k "$kernel" "$lines")
cp "$ko" "$lines/honest.h" "$scratch/given"
run timeout 300 "$KMLAB" run -k "$kernel" "$ko"
silent_about "the secret line" "a .ko of ours quotes no more"
says "22 | line 22 of the tree" "and no less"
run timeout 300 "$KMLAB" run -k "$kernel" "$scratch/given/lines.ko"
exits 105 "a .ko that was built elsewhere is judged"
says "lines_init (honest.h:2[0-9])" "by its own word for the place"
silent_about "of the tree" "and quotes nothing"

run timeout 300 "$KMLAB" run -k "$kernel" "$scratch/names"
exits 105 "a module with odd names of files is judged"
! grep -q "$(printf '[\033\007]')" "$scratch/out" "$scratch/err"
result "no control character reaches the terminal" $?
says 'at_escape (.x1b.31mred' "it is shown as what it is"
[ "$(awk '{ if (length($0) > n) n = length($0) } END { print n + 0 }' "$scratch/out")" -lt 1000 ]
result "no name floods the report" $?
silent_about "root:" "a relative path leads nowhere"

# What a Kbuild prints, and what a module calls itself in modinfo, are shown as what they are.
mkdir "$scratch/noise"
printf '%s\n' 'MODULE_LICENSE("GPL");' | sed '1i #include <linux/module.h>' >"$scratch/noise/noise.c"
# shellcheck disable=SC2016 # for make
printf 'obj-m := noise.o\n$(warning \033[31mred\377\007)\n' >"$scratch/noise/Kbuild"
run "$KMLAB" build -k "$kernel" "$scratch/noise"
exits 0 "a Kbuild that prints control characters builds"
says 'x1b.31mred.xff.x07' "they are shown"
! grep -q "$(printf '[\033\007]')" "$scratch/out" "$scratch/err"
result "and do not reach the terminal" $?
run "$KMLAB" build --json -k "$kernel" "$scratch/noise"
says '"log": ".*red' "nor do they spoil the JSON"

# What the README shows.
run "$KMLAB" run -q -k "$kernel" "$top/tests/broken/null-in-init.c"
says '20 | return \*nowhere' "the line of a single file is quoted"

# The tests beside a module are files of its tree, and no links out of it.
mkdir "$scratch/suite" "$scratch/suite/tests" "$scratch/private"
cp "$scratch/noise/noise.c" "$scratch/suite"
echo "obj-m := noise.o" >"$scratch/suite/Kbuild"
echo "the-secret" >"$scratch/needed"
echo "exit 0" >"$scratch/suite/tests/one.sh"
ln -s ../../needed "$scratch/suite/tests/needs"
run "$KMLAB" test -k "$kernel" "$scratch/suite"
exits 1 "a list of needed modules that is a link is refused"
says "tests/needs' is not a regular file" "with a sentence"
silent_about "the-secret" "that does not hold the file that it leads to"
rm "$scratch/suite/tests/needs"
mkfifo "$scratch/suite/tests/needs"
run timeout 300 "$KMLAB" test -k "$kernel" "$scratch/suite"
exits 2 "as is a FIFO"
rm -r "$scratch/suite/tests"
echo "echo the-secret; exit 1" >"$scratch/private/one.sh"
ln -s ../private "$scratch/suite/tests"
run timeout 300 "$KMLAB" test -k "$kernel" "$scratch/suite"
exits 1 "tests that are a link out of the tree are refused"
says "leads out of" "with a sentence"
silent_about "the-secret" "nothing of it is run"
done_testing
