#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kmlab test: a test that has passed is not run again while all that its guest sees is the
# same, and is run again as soon as something of that differs.
. "$(dirname "$0")/lib.sh"

# A cache of its own, except for kernels and templates.
real=${KMLAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kmlab}
export KMLAB_CACHE=$scratch/cache
mkdir -p "$KMLAB_CACHE"
mkdir -p "$real/templates"
ln -s "$real/kernels" "$real/roots" "$real/templates" "$KMLAB_CACHE/"

cp -r "$top/modules/hello" "$scratch/hello"
cd "$scratch" || exit 1
echo 'test -d /sys/module/hello' >hello/tests/hello.sh

# proves WORDS... - 'kmlab test' of hello, or of what WORDS say
proves() {
	run "$KMLAB" test -q -k $kernel "$@"
}

fresh() {
	silent_about 'cached' "$1"
}

cached() {
	says ', cached)$' "$1"
}

proves hello
exits 0 "a test"
fresh "is run"
proves hello
exits 0 "the same test"
cached "is not run again"
says '^PASS' "and passes"
proves --fresh hello
fresh "but with --fresh"
proves --json hello
grep -q '"cached": true' "$scratch/out"
result "JSON says so" $?
proves --format ktap hello
says '^# cached$' "so does KTAP"
run "$KMLAB" history
says ' hello .* cached  ' "the history knows which was cached"
run "$KMLAB" history --json
[ "$(grep -c '"cached": true' "$scratch/out")" = 3 ] &&
	[ "$(grep -c '"cached": false' "$scratch/out")" = 2 ]
result "three were, two were not" $?

# Everything that the guest sees counts.
for words in "-t 59" "--cpus 1" "--settle 11" --in-turns; do
	# shellcheck disable=SC2086 # split into words
	proves $words hello
	exits 0 "with $words"
	fresh "it is another guest"
done
sed -i 's/loaded/loaded now/' hello/hello.c
proves hello
fresh "so is an edit to the module"
sed -i 's/loaded now/loaded/' hello/hello.c
proves hello
cached "taken back, it is the old one"
echo '# one more line' >>hello/tests/hello.sh
proves hello
fresh "and an edit to a test"
# A test in C counts with all that it includes, wherever that is in its checkout.
mkdir shared .git
echo '#define GOOD 0' >shared/given.h
rm hello/tests/hello.sh
printf '#include "../../shared/given.h"\nint main(void) { return GOOD; }\n' >hello/tests/good.c
proves hello
exits 0 "a test that includes a header from elsewhere"
proves hello
cached "is proven"
echo '#define GOOD 1' >shared/given.h
proves hello
exits 1 "until that header changes"
rm shared/given.h
proves hello
exits 101 "or is gone"
rm hello/tests/good.c
echo 'test -d /sys/module/hello' >hello/tests/hello.sh

proves "$top/modules/params" -- true
proves "$top/modules/params" -- true
cached "of another module as well"
proves -p myint=3 "$top/modules/params" -- true
fresh "a parameter counts"
echo one >given
proves --in given:/given -- cat /given
fresh "a file that is copied in"
proves --in given:/given -- cat /given
cached "is known again"
echo two >given
proves --in given:/given -- cat /given
fresh "until it changes"

# Failures are run again.
printf 'exit 1\n' >hello/tests/bad.sh
proves --only bad hello
exits 1 "a test that fails"
proves --only bad hello
exits 1 "fails again"
fresh "and was run"
proves --expect test-failed --only bad hello
exits 0 "as expected"
proves --expect test-failed --only bad hello
exits 0 "once more"
cached "what came out as it should is proven"
proves --only bad hello
fresh "but by that measure only"
exits 1 "the other one is the same"
proves --expect 'oops|panic' --only bad hello
exits 1 "not as expected"
says "expected 'oops|panic', not 'test-failed'" "says so"
proves --expect pas hello
exits 2 "an outcome that is none"

rm hello/tests/bad.sh
printf 'test -e /proc\n' >hello/tests/steady.sh
proves --only steady hello
exits 0 "a test passes"
facts=$(find "$KMLAB_CACHE/facts" -type f -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2)
[ -n "$facts" ]
result "its facts are there" $?

# Damaged facts are as good as none: the test runs again.
truncate -s -1 "$facts"
proves --only steady hello
exits 0 "facts that are cut short"
fresh "are not believed"
proves --only steady hello
cached "and made again"

# A test that passes now and then: the run that fails removes the facts of one that passed.
printf 'grep -q ^[0-7] /proc/sys/kernel/random/uuid\n' >hello/tests/steady.sh
proves --only steady hello
until [ $status -eq 0 ]; do proves --only steady hello; done
proves --only steady hello
cached "a test that passes now and then passed"
until [ $status -ne 0 ]; do proves --fresh --only steady hello; done
facts=$(find "$KMLAB_CACHE/facts" -type f | wc -l)
until [ $status -eq 0 ]; do proves --only steady hello; done
fresh "after it failed it was run again"
is "$(find "$KMLAB_CACHE/facts" -type f | wc -l)" $((facts + 1)) "and is proven again"

rm hello/tests/steady.sh
run "$KMLAB" run -q -k $kernel hello
exits 0 "kmlab run"
fresh "always runs"
run "$KMLAB" run -q -k $kernel hello
fresh "also what it ran before"

rm "$KMLAB_CACHE/templates" # only the link: the templates belong to all tests
run "$KMLAB" clean --max-size 0
ln -s "$real/templates" "$KMLAB_CACHE/"
says 'removing facts/' "clean removes facts"
is "$(ls "$KMLAB_CACHE/facts")" "" "all of them, with a size of 0"
proves hello
exits 0 "then it is proven anew"
fresh "by a guest"

# A test that tests nothing is no pass.
echo 'echo "1..0 # SKIP no device here"' >hello/tests/hello.sh
proves hello
exits 77 "a test that skips itself"
says '^SKIP .*skipped: no device here' "is skipped, with its reason"
proves hello
fresh "which proves nothing"
echo 'true' >hello/tests/works.sh
proves hello
exits 0 "beside one that passes it does no harm"
says ' skipped .*no device here' "but is seen"

is "$(guests)" 0 "no guest is left"
done_testing
