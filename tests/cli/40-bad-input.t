#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Wrong input gets one clear sentence with the next step, and the right exit status.
. "$(dirname "$0")/lib.sh"
hello=$top/modules/hello

run "$KMLAB" run
exits 2 "no module named"
for command in run test build shell "watch --once"; do
	# shellcheck disable=SC2086 # words
	run "$KMLAB" $command -k $kernel "$scratch/nothing-here"
	exits 2 "kmlab $command, a path that is not there"
	says 'No such file' "says so"
done
mkdir "$scratch/empty"
run "$KMLAB" run -k $kernel "$scratch/empty"
exits 2 "an empty directory"
says 'Kbuild' "says what it lacks"
for command in run test; do
	run "$KMLAB" $command -q -k "$kernel" -k "$newest" "$scratch/empty"
	exits 2 "kmlab $command, an empty directory for two kernels"
	is "$(cat "$scratch/out" "$scratch/err" | wc -l)" 1 "is one mistake"
	run "$KMLAB" $command -q -k "$kernel" -k "$newest" "$scratch/nothing-here"
	exits 2 "kmlab $command, a path that is not there for two kernels"
	is "$(cat "$scratch/out" "$scratch/err" | wc -l)" 1 "is one mistake"
done
echo hello >"$scratch/text"
run "$KMLAB" run -k $kernel "$scratch/text"
exits 2 "a file that is no module"
cp "$scratch/text" "$scratch/text.ko"
run "$KMLAB" run -k $kernel "$scratch/text.ko"
exits 2 "a .ko that is text"
says 'text.ko' "is named"
cp /bin/true "$scratch/true.ko"
run "$KMLAB" run -k $kernel "$scratch/true.ko"
says "true.ko' is" "a program called .ko is told apart"
: >"$scratch/zero.ko"
run "$KMLAB" run -k $kernel "$scratch/zero.ko"
says 'empty' "an empty .ko is called empty"

run "$KMLAB" run -k debian/6.2 "$hello"
[ "$status" -ne 0 ] && [ "$status" -lt 100 ]
result "an unknown kernel" $?
says "debian/6.1" "near names are suggested"
run "$KMLAB" run -k debain/6.1 "$hello"
says "debian/6.1" "also for a misspelt provider"
run "$KMLAB" run -k tree:/nowhere "$hello"
says '/nowhere' "a tree that is not there"

run "$KMLAB" run -k $kernel "$hello" -- no-such-command
exits 127 "a command that does not exist in the guest"
says 'no-such-command' "is named"

mkfifo "$scratch/fifo"
run "$KMLAB" test -k $kernel --in "$scratch/fifo" "$hello"
exits 2 "--in with neither a file nor a directory"
run "$KMLAB" test -k $kernel --only nothing-like-it "$hello"
exits 2 "--only with no such test"
says "'.*hello' has hello.sh" "says which there are"
run "$KMLAB" test -k $kernel "$hello" --
exits 2 "nothing after --"
run "$KMLAB" run -k $kernel --in "$scratch/absent" "$hello" -- true
exits 2 "a file to copy in that is not there"
run "$KMLAB" run -k $kernel --out relative "$hello" -- true
exits 2 "a path in the guest that is not absolute"
run "$KMLAB" run -k $kernel --param =3 "$hello"
exits 2 "a parameter without a name"

for words in "clean -n builds" "doctor all" "history 1 2" "kernel list debian/6.1" \
	"kernel show debian/6.1 debian/7.2" "doctor -- true" "history --outcome nosuch" \
	"run -c 0 $hello" "test -t 0 $hello" "test --jobs 0 $hello" "history -n -1"; do
	# shellcheck disable=SC2086 # words
	run "$KMLAB" $words
	exits 2 "kmlab $words"
done

# The kernel itself refuses a .ko for another kernel; we say why and what to do.
if [ "$kernel" != "$newest" ]; then
	ko=$("$KMLAB" build -q -k "$newest" "$hello")
	run "$KMLAB" run -k "$kernel" "$ko"
	exits 102 "a .ko for another kernel"
	says "${newest#*/}" "says which it was built for"
else
	skip "a .ko for another kernel" "needs two kernels"
fi

# Programs that are missing or too old are seen before anything else happens.
mkdir "$scratch/bin"
cat >"$scratch/bin/qemu-system-x86_64" <<'OLD'
#!/bin/sh
echo "QEMU emulator version 3.1.0"
OLD
chmod +x "$scratch/bin/qemu-system-x86_64"
run env PATH="$scratch/bin:$PATH" "$KMLAB" run -k $kernel "$hello"
[ "$status" -eq 77 ]
result "a QEMU that is too old" $?
says '3.1' "names its version"

# No network: a cache of its own, and a proxy where nothing listens.
run env KMLAB_CACHE="$scratch/cache" http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 \
	"$KMLAB" kernel add $kernel
exits 1 "no network"
says 'network' "says so"
is "$(find "$scratch/cache" -name '.stage-*' | wc -l)" 0 "nothing half-written is left"
run env KMLAB_CACHE="$scratch/cache" "$KMLAB" run --offline -k $kernel "$hello"
[ "$status" -ne 0 ]
result "offline without the kernel" $?
says 'kernel add' "says how to get it"

# Disk full: a file system of two megabytes, in a mount namespace of its own.
# shellcheck disable=SC2016 # for the shell inside
if unshare -Urm true 2>/dev/null; then
	mkdir "$scratch/small"
	run unshare -Urm sh -c 'mount -t tmpfs -o size=2m small "$1" &&
		KMLAB_CACHE=$1/cache "$2" kernel add debian/6.1; status=$?
		find "$1" -name ".stage-*" -o -name "*.deb" | sed "s/^/left: /"; exit $status' \
		sh "$scratch/small" "$KMLAB"
	exits 1 "disk full"
	says 'space' "says so"
	silent_about '^left:' "and leaves nothing half-written"
else
	skip "disk full" "no user namespaces here"
fi

is "$(guests)" 0 "no guest is left"
done_testing
