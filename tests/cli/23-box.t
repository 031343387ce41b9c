#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The rules of the box: what is said where there can be none, --unboxed, --see, --limit, and
# what a build sees of the checkout around it. What it must not reach is in 51-hostile-build.t.
. "$(dirname "$0")/lib.sh"

# source DIR [MAKE-LINE...]: a module there, with more lines in its Kbuild.
source_in() {
	mkdir -p "$1"
	dir=$1
	shift
	cat >"$dir/m.c" <<-END
		#include <linux/module.h>
		MODULE_LICENSE("GPL");
		MODULE_DESCRIPTION("test");
	END
	{
		echo 'obj-m := m.o'
		printf '%s\n' "$@"
	} >"$dir/Kbuild"
}

build() {
	run "$KMLAB" build -k "$kernel" "$@"
}

# without_namespaces COMMAND...: as root of a namespace in which no other can be made.
without_namespaces() {
	run unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"' sh "$@"
}

no_namespaces() {
	source_in plain
	without_namespaces "$KMLAB" build -k "$kernel" plain
	exits 1 "where user namespaces are forbidden nothing is built"
	says "sysctl user.max_user_namespaces=15000" "the switch is named"
	says "with --unboxed" "and the other way"
	without_namespaces "$KMLAB" doctor
	says "missing  build sandbox" "doctor says so, too"
	without_namespaces "$KMLAB" build --unboxed -k "$kernel" plain
	exits 0 "--unboxed builds"
	says "built without a box" "and says it"
	unboxed=$(cat "$scratch/out")
	build plain
	exits 0 "with a box it is built again"
	! grep -q -x "$unboxed" "$scratch/out"
	result "the objects of the other are not used" $?
	says "built in" "it is not said then"
	run "$KMLAB" run --unboxed --json -k "$kernel" plain
	says '"built without a box (--unboxed)"' "the verdict has a note"
	run "$KMLAB" build --unboxed --json -k "$kernel" plain
	says '"boxed": false' "and the list of modules"
}

options() {
	for word in time=0 time=1d memory=x disk= processes=3K output=-1 size=3 time; do
		build --limit "$word" plain
		exits 2 "--limit $word"
	done
	says "write time=30m" "says how to write it"
	build --limit time=1h --limit memory=2G --limit disk=1g --limit processes=500 plain
	exits 0 "limits"
	for dir in / /usr /proc/self /nowhere; do
		build --see "$dir" plain
		exits 2 "--see $dir"
	done
}

# shellcheck disable=SC2016 # for make
surroundings() {
	mkdir -p outer/.git outer/user/.secret
	source_in outer/user/m '$(info seen: $(wildcard $(src)/../.secret $(src)/../../.git))'
	HOME=$PWD/outer/user build outer/user/m
	exits 0 "a source below a home directory that is in a checkout"
	silent_about '/.secret' "does not see it"
	HOME=/nonexistent build --clean outer/user/m
	says 'seen: .*/.secret .*/.git' "any other checkout it does"
	cache=$(realpath "$("$KMLAB" build -q -k "$kernel" plain | sed 's|/builds/.*||')")
	source_in cached "\$(info of the cache: <\$(wildcard $cache/*)>)"
	build --see "$(dirname "$cache")" cached
	says 'of the cache: <>' "a cache within what is shown is covered"
	source_in failing '$(error m.h: No such file or directory)'
	build failing
	exits 101 "a build that misses a file"
	says 'note: a build sees its own directory' "is told what it sees"
	build --unboxed failing
	silent_about 'note: a build sees' "but not without a box"
	in_tmp=$(mktemp /tmp/kmlab_XXXXXX.c)
	cp plain/m.c "$in_tmp"
	build --limit memory=1G "$in_tmp"
	rm "$in_tmp"
	exits 0 "what the disk below /tmp holds is not the build's memory"
}

# Root has no rights over others' files in the box; nor have users over root's.
others() {
	source_in theirs
	mkdir theirs/sub
	echo 'obj-m := m.o sub/' >theirs/Kbuild
	cp theirs/m.c theirs/sub/n.c
	echo 'obj-m := n.o' >theirs/sub/Kbuild
	if [ "$(id -u)" = 0 ]; then
		chown -R 65534 theirs
		chmod -R go-rwx theirs
		build theirs
		exits 0 "root builds another user's source"
		is "$(grep -c 'ko$' "$scratch/out")" 2 "with its directories"
		is "$(stat -c %u theirs/sub)" 65534 "which stay that user's"
	else
		skip "another user's source" "only as root"
	fi
}

cd "$scratch" || exit
no_namespaces
options
surroundings
others
done_testing
