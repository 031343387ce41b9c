#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kmlab watch: a verdict at once, another one after each save, Ctrl-C ends it.
. "$(dirname "$0")/lib.sh"

mkdir "$scratch/mod"
: >"$scratch/out"
cp "$top/modules/hello/hello.c" "$top/modules/hello/Kbuild" "$scratch/mod/"
"$KMLAB" watch -q -k $kernel "$scratch/mod" >"$scratch/out" 2>"$scratch/err" &
pid=$!

wait_for '^PASS' 1
result "judges at once" $?
echo 'this is not C' >>"$scratch/mod/hello.c"
wait_for '^FAIL' 1
result "a save that does not compile" $?
cp "$top/modules/hello/hello.c" "$scratch/mod/hello.c"
wait_for '^PASS' 2
result "a save that mends it" $?
# A background job of a script ignores SIGINT unless the program sets a handler, as ours does.
kill -INT $pid
wait $pid
result "Ctrl-C ends it well" $?
is "$(guests)" 0 "no guest is left"
done_testing
