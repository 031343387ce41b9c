#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a stranger's build leaves behind, and what lies in a stranger's source: symlinks, FIFOs
# and names that lead out. kmlab itself must not follow them. Each attack of
# tests/hostile/output/ is built twice, since the second build meets what the first one left.
# shellcheck disable=SC2317 # the cases are called by name
. "$(dirname "$0")/lib.sh"

hostile=$top/tests/hostile/output
# attack NAME: its source in this directory, as somebody would have unpacked it.
attack() {
	cp -r "$hostile/$1" "$1"
	for file in "$1"/*; do
		sed -i "s|@OUT@|$out|g" "$file"
	done
}

# What is never to be touched: a module that kmlab would remove before it builds it again, and a
# secret.
make_victims() {
	attack victim
	run "$KMLAB" build --quiet -k "$k" victim
	mkdir -p theirs/tests
	cp "$(tail -n 1 "$scratch/out")" theirs/victim.ko && echo 'do not read this' >theirs/secret
	cp theirs/secret theirs/tests/secret.sh
	result "something to attack, for $k" $?
	cp -r theirs before
}

unharmed() {
	diff -r before theirs >"$scratch/diff" 2>&1
	result "$1: nothing else is changed" $?
	sed 's/^/# /' "$scratch/diff"
	silent_about 'do not read this' "nor quoted"
	! grep -q "$(printf '\033')" "$scratch/out" "$scratch/err"
	result "the output is clean" $?
}

# Nothing here takes long; what waits for a FIFO takes for ever.
kmlab() {
	run timeout 900 "$KMLAB" "$@"
}

# refused NAME STATUS TEXT: by the first and the second build.
refused() {
	attack "$1"
	for time in first second; do
		kmlab build --quiet -k "$k" "$1"
		exits "$2" "$1, the $time build"
		says "$3" "with the reason"
		unharmed "$1"
	done
}

products() {
	refused stale-order 101 'stopped on purpose'
	refused dkms-outside 1 "'dkms.conf' names '.*theirs/victim.ko', which is outside of the build"
	refused dkms-link 1 "'link.ko', which is reached by a symlink"
	refused dkms-directory 1 "'sub/victim.ko', which is reached by a symlink"
	refused dkms-many 1 'names more than 4096 modules'
	refused dkms-escape 1 'clear.x1b\[2J.ko., which is no name for a module'
}

records() {
	attack dkms-pipes
	for time in first second; do
		date >dkms-pipes/time.$time
		kmlab build --quiet -k "$k" dkms-pipes
		exits 0 "FIFOs beside the module, the $time build"
		says 'pipes.ko$' "the module is there"
		unharmed dkms-pipes
	done
	attack dkms-symvers
	attack harmless
	for time in first second; do
		date >dkms-symvers/time.$time
		date >harmless/time.$time
		kmlab build --quiet -k "$k" dkms-symvers harmless
		exits 0 "a list of symbols that leads elsewhere, the $time build"
		unharmed dkms-symvers
	done
}

sources() {
	mkdir pipe zero
	mkfifo pipe/Kbuild
	ln -s /dev/zero zero/dkms.conf
	kmlab build -k "$k" pipe
	exits 2 "a Kbuild that is a FIFO"
	says "pipe/Kbuild' is not a regular file" "is named"
	kmlab build -k "$k" zero
	exits 2 "a dkms.conf that is a device"
	says "zero/dkms.conf' is not a regular file" "so is it"
	ln -s "$PWD/theirs/secret" harmless/compile_commands.json
	kmlab build --compile-commands -k "$k" harmless
	exits 0 "compile_commands.json is a symlink"
	unharmed compile_commands.json
}

# All before a guest is started.
tests_of_a_module() {
	ln -s "$PWD/theirs" harmless/tests
	kmlab test -k "$k" harmless
	exits 1 "tests that are somebody else's directory"
	says "harmless/tests' leads out of 'harmless'" "are not taken"
	unharmed tests
	rm harmless/tests
	mkdir harmless/tests harmless/client
	mkfifo harmless/tests/needs harmless/tests/header.h
	echo 'exit 0' >harmless/tests/x.sh
	kmlab run -k "$k" harmless
	exits 2 "tests/needs that is a FIFO"
	says "tests/needs' is not a regular file" "is named"
	rm harmless/tests/needs
	ln -s "$PWD/theirs/secret" harmless/client/theirs.c
	kmlab run -k "$k" harmless
	exits 1 "a client that is somebody else's file"
	says "client/theirs.c' leads out of" "is not shown to the compiler"
	unharmed client
}

kernels=$newest
[ -z "$KMLAB_TEST_ALL" ] || kernels=$KMLAB_TEST_KERNELS
for k in $kernels; do
	mkdir "$scratch/work" && cd "$scratch/work" || exit 1
	# As many steps up as lead to / from wherever the cache lies, and down to here.
	out=../../../../../../../../../../../../../../../..$PWD/theirs
	make_victims
	products
	records
	sources
	tests_of_a_module
	cd "$scratch" && rm -rf "$scratch/work"
done
done_testing
