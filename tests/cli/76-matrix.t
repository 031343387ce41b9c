#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The program matrix: its command line first, which needs no KVM; then tests/matrix/suite.sh with
# real guests, natively where KVM works, and in the nested bed on one kernel; with
# KMLAB_TEST_ALL on every one.
. "$(dirname "$0")/lib.sh"
MATRIX=${MATRIX:-$(dirname "$KMLAB")/matrix}
KMLAB_BUILD=${KMLAB_BUILD:-$top/build}
static=$(dirname "$KMLAB")/matrix-static

# ---- the command line ----

run "$MATRIX"
exits 2 "no command"
run "$MATRIX" --help
exits 0 "help"
says "^  run  " "lists the commands"
run "$MATRIX" rnu
exits 2 "a misspelt command"
says "did you mean 'run'" "is recognized"
for cmd in run simulate dump ctl guests doctor; do
	run "$MATRIX" $cmd --help
	exits 0 "$cmd --help"
	says "^  matrix $cmd" "$cmd --help has an example"
done
run "$MATRIX" --version
exits 0 "version"
run "$MATRIX" guests
says "^morpheus " "the builtin guests are listed"
for words in "run" "run neo:0" "run neo:-3" "run neo:x" "run neo:" "run :5" "run neo:1000001" \
	"run --slice 0 neo" "run --slice 1us neo" "run --slice fast neo" "run --time -1 neo" \
	"run --policy fair neo" "run --kick hard neo" "run --profile pc neo" "run -m 3M neo" \
	"run -m 0 neo" "run -m 4G neo" "run --cap neo:100 neo" "run --cap trinity:5 neo" \
	"run --nonsense neo" "simulate" "simulate trinity" "dump" "dump neo morpheus" "ctl" \
	"ctl /nowhere" "doctor neo" "guests -o /dev/null trinity"; do
	# shellcheck disable=SC2086 # split into words
	run "$MATRIX" $words
	exits 2 "refused: matrix $words"
done
run "$MATRIX" run --device /dev/nowhere hello
exits 77 "no KVM device"
says "there is no '/dev/nowhere'.*kmlab run --nested" "says what to do"
run "$MATRIX" run --device /dev/null hello
exits 1 "another device"
says "'/dev/null' is no KVM device" "is named"
run "$MATRIX" ctl "$scratch/nobody" list
exits 1 "nobody listens"
says "matrix run --ctl" "says how to start one"

# A process that owns nothing, and a KVM that lacks something.
if [ "$(id -u)" = 0 ]; then
	mknod "$scratch/kvm" c 10 232 2>/dev/null && chmod 600 "$scratch/kvm"
	chmod 755 "$scratch"
	run setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
		"$static" run --device "$scratch/kvm" hello
	exits 77 "no permission"
	says "no permission to open" "is said, with what to do"
else
	skip "no permission" "not root"
fi
old=$scratch/old_kvm.so
cc -shared -fPIC -o "$old" "$top/tests/matrix/old_kvm.c" -ldl
for lack in USER_MEMORY:3 EXT_CPUID:7; do
	LD_PRELOAD=$old OLD_KVM_LACKS=${lack#*:} run "$MATRIX" run --device /dev/zero hello
	exits 77 "a KVM without ${lack%:*}"
	says "lacks KVM_CAP_${lack%:*}" "is named"
done
LD_PRELOAD=$old OLD_KVM_LACKS=136 run "$MATRIX" run --device /dev/zero hello
exits 77 "a KVM without immediate_exit"
says "kick=sigmask" "says what to use"
LD_PRELOAD=$old OLD_KVM_VERSION=11 run "$MATRIX" run --device /dev/zero hello
exits 77 "a KVM of another version"

# json NAME: is what the last run printed JSON?
json() {
	perl -MJSON::PP -e 'undef $/; decode_json(<STDIN>)' <"$scratch/out" 2>>"$scratch/err"
	result "$1: JSON" $?
}

run "$MATRIX" guests --json
json "guests"

# ---- the simulator ----

run "$MATRIX" simulate --time 1h --json neo:70 morpheus:30
exits 0 "an hour of two guests"
json "simulate"
grep -q '"got_percent": \(70.000\|69.999\)' "$scratch/out"
result "70 to 30" $?
cp "$scratch/out" "$scratch/first"
run "$MATRIX" simulate --time 1h --json neo:70 morpheus:30
cmp -s "$scratch/out" "$scratch/first"
result "the same seed, the same run" $?
run "$MATRIX" simulate --time 10s --random 2000
exits 0 "two thousand guests"
run "$MATRIX" simulate --time 10s --policy ticks chatty:70 spinner:30
says "^chatty .* -[56]" "ticks go wrong here, too"

# ---- the table of commands, the manual page and the completion ----

"$MATRIX" --list-commands >"$scratch/table"
while IFS=: read -r name options; do
	missing=
	for option in $options; do
		grep -q -e "\\*$option\\*" "$top/man/matrix.1.scd" || missing="$missing $option"
	done
	is "$missing" "" "the man page has every option of '$name'"
	grep -q "^\*matrix $name\*" "$top/man/matrix.1.scd"
	result "and the command itself" $?
	is "$(missing_in "$(completed "$MATRIX" "$name")" "$options")" "" \
		"so has the completion"
done <"$scratch/table"

# ---- any bytes, as an image and as hypercalls ----

if everything "random images and random series of hypercalls"; then
	run env RUNS=20000 "$top/tests/fuzz/run"
	exits 0 "20,000 random images and as many random series of hypercalls"
fi

# ---- the documented way to a guest of one's own ----

(
	cd "$top" || exit 1
	sed -n '/^#include "guest.h"/,/^```/p' docs/matrix.md | sed '$d' >"$scratch/mine.c"
	sed -n '/^\$ gcc/,/mine.c$/p' docs/matrix.md | sed 's/^\$ //' |
		sed "s|-o mine|-o $scratch/mine|; s|mine.c|$scratch/mine.c|" >"$scratch/build"
	sh -e "$scratch/build" 2>"$scratch/err"
)
[ -s "$scratch/mine" ]
result "the documented command builds the documented guest" $?

# ---- real guests ----

# relay NAME FILE: that suite's results as ours
relay() {
	while read -r line; do
		case $line in
		"ok "*) result "$1: ${line#ok * - }" 0 ;;
		"not ok "*)
			count=$((count + 1))
			failures=$((failures + 1))
			echo "not ok $count - $1: ${line#not ok * - }"
			;;
		"#"*) echo "$line" ;;
		esac
	done <"$2"
	grep -q '^1\.\.[1-9]' "$2"
	result "$1: the suite came to its end" $?
}

run "$MATRIX" doctor
if [ $status -eq 0 ]; then
	run "$MATRIX" run "$scratch/mine"
	exits 7 "it runs, and its status is its own"
	says "^mine$" "and prints"
	run "$MATRIX" doctor --json
	json "doctor"
	run "$MATRIX" dump --json bad_pointer
	json "dump"
	run "$MATRIX" run --json -t 200ms neo bad_pointer
	json "run"
	MATRIX=$MATRIX sh "$top/tests/matrix/suite.sh" >"$scratch/suite" 2>&1
	relay native "$scratch/suite"
else
	skip "native guests" "$(head -1 "$scratch/err")"
fi
# nested NAME OPTION... -- COMMAND...: that suite in a guest of its own, on $k
nested() {
	name=$1
	shift
	run "$KMLAB" test -q -t 300 -k "$k" --nested --format ktap "$@"
	cp "$scratch/out" "$scratch/suite"
	exits 0 "$k: $name"
	grep -c '^    ok ' "$scratch/suite" | sed 's/^/# checks in it: /'
	[ "$(grep -c '^    ok ' "$scratch/suite")" -gt 20 ]
	result "$k: with all its checks" $?
}

kernels=$kernel cycles=200
! everything "on every kernel" || kernels=$KMLAB_TEST_KERNELS
for k in $kernels; do
	nested "nested" --in "$static:/bin/matrix" --in "$top/tests/matrix/suite.sh:/suite.sh" \
		--in "$top/tests/cli/lib.sh:/lib.sh" -- sh /suite.sh
	nested "nested, $cycles lives" \
		--in "$KMLAB_BUILD/tests/unit/matrix_vm-static:/test-vm" \
		-- env MATRIX_CYCLES=$cycles MATRIX_RANDOM=100 /test-vm
	cycles=50
done
is "$(guests)" 0 "no guest is left"
done_testing
