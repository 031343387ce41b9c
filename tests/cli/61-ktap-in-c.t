#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# guest/kit/ktap.h: what a test in C prints and returns, and that no compiler has a warning
# for it.
. "$(dirname "$0")/lib.sh"

cat >"$scratch/test.c" <<'C'
#include <unistd.h>

#include "ktap.h"

int main(int argc, char **argv)
{
	ktap_plan(argc > 1 ? atoi(argv[1]) : 5);
	ktap_ok(true, "number %d", 1);
	ktap_why("usually %s\nis forgotten", "this");
	if (!ktap_ok(argc > 2, "two\nlines # SKIP and more"))
		ktap_diag("after\nit");
	ktap_why("not for this one");
	ktap_ok(true, "three");
	ktap_why("nor for that one");
	ktap_skip("no device", "four");
	if (argc > 3)
		_exit(0);
	ktap_ok(argc > 2, "five");
	return ktap_end();
}
C
printf '#include "ktap.h"\nint main(void)\n{\n\treturn 0;\n}\n' >"$scratch/empty.c"

for cc in gcc clang musl-gcc; do
	command -v $cc >/dev/null || { skip "$cc" "not here" && continue; }
	for source in test empty; do
		run $cc -O2 -Wall -Wextra -Wshadow -Werror -static -pthread -I "$top/guest/kit" \
			"$scratch/$source.c" -o "$scratch/$source"
		exits 0 "$cc compiles $source.c"
		is "$(cat "$scratch/err")" "" "without a warning"
	done
done

run "$scratch/test"
exits 1 "a check that fails"
is "$(cat "$scratch/out")" "KTAP version 1
1..5
ok 1 number 1
not ok 2 two lines . SKIP and more
# usually this
# is forgotten
# after
# it
ok 3 three
ok 4 four # SKIP no device
not ok 5 five" "and what it prints"
run "$scratch/test" 5 good
exits 0 "all good"
run "$scratch/test" 6 good
exits 1 "fewer than planned"
says "^# planned 6 checks, ran 5" "and says so"
run "$scratch/test" 4 good
exits 1 "more than planned"
run "$scratch/test" 5 good early
is "$(grep -c '^ok' "$scratch/out")" 4 "nothing is lost in a buffer"
done_testing
