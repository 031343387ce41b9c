#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A build may run any program (tests/hostile/build/): none gets out of the box, as root or
# as a user, no limit is passed without a sentence, and the machine stays as it was. What
# builds of right modules do goes on working.
. "$(dirname "$0")/lib.sh"

attacks=$top/tests/hostile/build
secret=kmlab-secret-$$
daemon=kmdaemon-$$
main_cache=${KMLAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kmlab}
chmod 755 "$scratch"

# module DIR: an empty module m.
module() {
	mkdir -p "$1"
	printf '#include <linux/module.h>\nMODULE_LICENSE("GPL");\nMODULE_DESCRIPTION("test");\n' \
		>"$1/m.c"
	echo 'obj-m := m.o' >"$1/Kbuild"
}

# build DIR COMMAND: let the Kbuild in DIR run the shell command, once, with its output in
# that of the build. No part of it is seen by make.
runs() {
	printf '%s\n' "$2" >"$1/run"
	cat >"$1/Kbuild" <<-END
		\$(if \$(wildcard $1/ran),,\$(shell cd $1 && touch ran && sh ./run >&2))
		obj-m := m.o
	END
}

# as_user COMMAND...: as who is to be tested, with that one's cache.
as_user() {
	if [ "$(id -u)" -ne 0 ] || [ "$user" = root ]; then
		env HOME="$area/home" TEST_SECRET="$secret" "$@"
	else
		setpriv --reuid=65534 --regid=65534 --clear-groups \
			env HOME="$area/home" TEST_SECRET="$secret" "$@"
	fi
}

kmlab() {
	run as_user "$KMLAB" build --offline -k "$kernel" "$@"
}

# ---- the machine, before and after ----

# The area of one user: a checkout with the source in it, what --see shows, a home.
make_area() {
	area=$scratch/$user
	source=$area/checkout/source
	mkdir -p "$area/home" "$area/seen" "$area/checkout/.git" "$area/checkout/include"
	module "$source"
	mkdir "$source/below"
	for dir in "$area" "$area/home" "$area/seen" "$area/checkout" "$area/checkout/.git" \
		"$source"; do
		echo "$secret" >"$dir/secret"
		echo victim >"$dir/victim"
	done
	rm "$source/secret"
	ln -s / "$source/to-root"
	ln -s "$area/secret" "$source/to-secret"
	ln -s "$area/new" "$source/to-new"
	ln -s ../victim "$source/to-victim"
	cp /bin/true "$source/set-id-program"
	cp -r "$attacks" "$source/attacks"
	mv "$area/secret" "$area/$secret"
	ln "$area/$secret" "$area/secret"
	[ "$user" != nobody ] || chown -R 65534:65534 "$area"
	chmod 4755 "$source/set-id-program"
}

# What the attacks must know, beside what the victim says.
configure() {
	tries=0
	until [ -f "$area/config.h" ]; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || return 1
		sleep 0.1
	done
	cat "$area/config.h" - >"$source/attacks/config.h" <<-END
		#define SOURCE "$source"
		#define CHECKOUT "$area/checkout"
		#define SEEN "$area/seen"
		#define AREA "$area"
		#define AREA_TOP "$(echo "$area" | cut -d/ -f2)"
		#define HOME_DIR "$area/home"
		#define REAL_HOME "${HOME:-/root}"
		#define CACHE "$KMLAB_CACHE"
		#define HOST_ONLY "$area/$secret"
		#define SECRET "$secret"
		#define PTS "$(find /dev/pts -name "[0-9]*" 2>/dev/null | head -n 1)"
		#define DAEMON_NAME "$daemon"
		#define KMLAB_PROGRAM "$KMLAB"
	END
}

start_victim() {
	mkfifo "$scratch/life"
	as_user "$scratch/victim" "$area" <"$scratch/life" >/dev/null 2>&1 &
	victim=$!
	exec 8>"$scratch/life"
	rm "$scratch/life"
}

end_victim() {
	exec 8>&-
	wait "$victim"
}

# Times too, but for directories above and of what a daemon of this test writes itself.
machine() {
	(cd "$area" && find . -name touched -prune -o -printf '%p %y %m %u %s %T@ %l\n' | sort
	find . -type f ! -name touched -exec cksum {} + | sort -k 3)
	cat /proc/self/mountinfo /proc/sys/kernel/core_pattern /proc/sys/kernel/hostname
	cat /proc/sysvipc/sem /proc/sysvipc/msg
	cut -c1-40 /proc/sysvipc/shm
	ls -la "$HOME"
	ls /dev
}

# Processes of the last build that are still there.
left_behind() {
	pgrep -x "$daemon" | wc -l
}

set_id_files() {
	find "$KMLAB_CACHE/builds" -perm /6000 -type f
}

# ---- attacks ----

# The script that tries them all, inside.
try_all() {
	cat <<-END
		cd $source/attacks
		export SOURCE=$source
		mkdir /tmp/bin
		ls *.c | sed 's/\.c\$//' | xargs -P 4 -I NAME \\
			gcc -std=gnu11 -Wall -Wextra -o /tmp/bin/NAME NAME.c -lrt
		cp *.sh /tmp/bin
		for name in \$(ls *.c *.sh); do
			name=\${name%.c}
			timeout 100 /tmp/bin/\$name >/tmp/out 2>&1
			status=\$?
			sed "s/^/attack \$name: /" /tmp/out
			echo "attack \$name: exit \$status"
		done
	END
}

# What the build said about each attack, as results of ours.
relay_attacks() {
	cp "$scratch/out" "$scratch/all"
	cat "$scratch/err" >>"$scratch/all"
	for file in "$attacks"/*.c "$attacks"/*.sh; do
		name=$(basename "$file" .c)
		grep "attack $name: " "$scratch/all" >"$scratch/out"
		: >"$scratch/err"
		grep -q "attack $name: tried [1-9]" "$scratch/out" &&
			grep -q "attack $name: exit 1$" "$scratch/out" &&
			! grep -q "attack $name: got through" "$scratch/out"
		result "as $user: $name" $?
	done
	cp "$scratch/all" "$scratch/out"
}

attack_all() {
	runs "$source" "$(try_all)"
	[ "$user" != nobody ] || chown -R 65534:65534 "$source"
	chmod 4755 "$source/set-id-program"
	machine >"$scratch/before"
	# Descriptors that a careless caller has open.
	# shellcheck disable=SC2094 # nobody is to read or write them
	kmlab --see "$area/seen" "$source" 5<"$area/$secret" 6>>"$area/$secret" 7<"$area"
	exits 0 "as $user: a build that tries them all, and has a module"
	sleep 0.3
	is "$(left_behind)" 0 "as $user: no process is left"
	is "$(set_id_files)" "" "as $user: no program with a set-id bit is left"
	is "$(cat "$area/touched")" "" "as $user: nothing of the host's was reached"
	relay_attacks
	machine >"$scratch/after"
	diff "$scratch/before" "$scratch/after" >"$scratch/out" 2>&1
	result "as $user: the machine is as it was" $?
}

# An attack that never could work proves nothing: those which harm nobody are made outside,
# too, where they must succeed.
outside() {
	for name in network unix_sockets socket_pairs ipc keys processes write_pipe set_id \
		read_home symlinks handles; do
		gcc -std=gnu11 -o "$scratch/$name" "$source/attacks/$name.c" \
			-lrt >"$scratch/out" 2>&1
		run as_user "$scratch/$name"
		exits 0 "as $user: outside of the box $name gets through"
	done
}

# Runs the rest in a terminal of its own and says what was typed into that meanwhile.
in_terminal() {
	cat >"$scratch/typed" <<-'END'
		"$@"
		stty -icanon -echo min 0 time 2
		echo "typed: [$(dd bs=100 count=1 2>/dev/null)]"
	END
	run as_user script -qec "sh $scratch/typed $*" /dev/null
}

terminal() {
	if ! command -v script >/dev/null; then
		skip "as $user: a build in a terminal" "no script(1) here"
		return
	fi
	dir=$area/terminal
	module "$dir"
	cp "$source/attacks/attack.h" "$source/attacks/config.h" "$attacks/terminal.c" "$dir"
	runs "$dir" 'gcc -o /tmp/terminal terminal.c && /tmp/terminal <&2'
	[ "$user" != nobody ] || chown -R 65534:65534 "$dir"
	in_terminal "$KMLAB" build --offline -k "$kernel" "$dir"
	says 'tried [1-9]' "as $user: a build in a terminal"
	silent_about 'got through' "as $user: reaches none"
	says 'typed: \[\]' "as $user: nor types into it"
	gcc -o "$scratch/terminal" "$dir/terminal.c" >"$scratch/out" 2>&1
	in_terminal "$scratch/terminal"
	says 'typed: \[#' "as $user: outside of the box it would"
}

# ---- limits ----

# limit NAME LIMIT SENTENCE: what takes too much is stopped, and mended it builds.
limit() {
	dir=$area/$1
	module "$dir"
	cp "$attacks/limits/take.h" "$attacks/limits/$1".* "$dir"
	if [ -f "$dir/$1.c" ]; then
		runs "$dir" "gcc -std=gnu11 -Wall -Wextra -pthread -o /run/$1 $1.c && exec /run/$1"
	else
		runs "$dir" "exec sh ./$1.sh"
	fi
	[ "$user" != nobody ] || chown -R 65534:65534 "$dir"
	kmlab --limit "$2" "$dir"
	exits 101 "as $user: $1"
	says "kmlab: error: the build was stopped: $3" "as $user: $1: with its sentence"
	touch "$dir/ran"
	kmlab --quiet "$dir"
	exits 0 "as $user: $1: mended, the same source builds"
	[ "$status" -eq 0 ] || kmlab --quiet --clean "$dir"
	[ "$status" -eq 0 ]
	result "as $user: $1: or after --clean" $?
	rm -rf "$dir"
}

limits() {
	limit output output=1M 'it printed more than 1 MiB'
	limit time_busy time=2 'it ran for 2 seconds'
	limit time_asleep time=2 'it ran for 2 seconds'
	limit time_orphans time=3 'it ran for 3 seconds'
	limit time_stopped time=2 'it ran for 2 seconds'
	limit processes_bomb processes=100 'it had more than 100 processes'
	limit processes_threads processes=100 'it had more than 100 processes'
	for name in one many shared unseen page_tables pipes leaderless lame_warden tmp; do
		limit memory_$name memory=150M 'it took more than 150 MiB of memory'
	done
	for name in large many_large small deep unlinked slowly mapped; do
		limit disk_$name disk=20M 'it wrote more than 20 MiB to the disk'
	done
}

# ---- what right modules do ----

# Each line is a step; what it prints is not looked at.
steps() {
	cat <<-'END'
		checkout: grep -q ref ../.git/HEAD && ls ../.git
		header: grep -q SHARED ../include/x.h
		pwd: [ "$(pwd)" = "$SOURCE" ]
		mktemp: f=$(mktemp) && d=$(mktemp -d) && echo x >"$f" && mv "$f" "$d/x"
		tar: mkdir t && echo x >t/x; ! command -v tar || (tar czf t.tar.gz t && rm -r t && tar xzf t.tar.gz && cat t/x)
		copy: cp -a t t2 && diff -r t t2 && cp -a m.c m2.c && touch -r m.c m2.c && chmod 640 m2.c
		link: ln -s m.c l.c && cat l.c && ln m.c h.c && rm l.c h.c
		substitution: bash -c 'diff <(sort m.c) <(sort m.c)'
		sort: seq 1 100000 | sort -R -S 1M | sort -n -S 1M | tail -n 1 | grep -x 100000
		patch: sed -i 's/test/test by patch/' m.c && grep -q patch m.c
		program: echo 'int main(void) { return 0; }' >p.c && gcc -o p p.c && ./p
		make: printf 'all:\n\t+echo made\n' >sub.mk && ${MAKE:-make} -f sub.mk
		pipe: mkfifo f && (echo x >f &) && [ "$(cat f)" = x ] && rm f
		lock: perl -e 'open(F, ">lock") && flock(F, 2) || exit 1' && rm lock
		background: (sleep 0.1 & wait) && kill -0 $$
		devices: dd if=/dev/zero of=/dev/null bs=1k count=1 && head -c 4 /dev/urandom | od
		proc: grep -q processor /proc/cpuinfo && grep -q MemTotal /proc/meminfo && nproc && uname -a
		directories: mkdir -p a/b/c && mv a z && rm -r z && rmdir below && mkdir below
		remove: rm victim && [ ! -e victim ]
		permissions: umask 077 && echo x >private && install -m 755 private p755 && rm private
		date: date && id && whoami; tty; true
		perl: perl -e 'exit 0'
		xattr: cp -p --preserve=all m.c kept.c && rm kept.c
	END
}

# A module that does all of that, with a header of a neighbour's and one that --see shows.
right_module() {
	source=$area/checkout/right
	module "$source"
	mkdir -p "$source/below"
	echo victim >"$source/victim"
	echo 'ref: refs/heads/main' >"$area/checkout/.git/HEAD"
	echo '#define SHARED 1' >"$area/checkout/include/x.h"
	echo '#define SEEN 1' >"$area/seen/seen.h"
	sed -i '1a #include "../include/x.h"\n#include <seen.h>\nint n = SHARED + SEEN;' "$source/m.c"
	sed -i '2a extern int n;' "$source/m.c"
	steps | while IFS=: read -r name command; do
		echo "if ($command) >/tmp/out 2>&1; then echo 'did $name'; else echo 'not $name'; cat /tmp/out; fi"
	done >"$source/steps"
	runs "$source" "export SOURCE=$source; $(cat "$source/steps")"
	echo "ccflags-y := -I$area/seen" >>"$source/Kbuild"
	[ "$user" != nobody ] || chown -R 65534:65534 "$area/checkout" "$area/seen"
	kmlab --see "$area/seen" "$source"
	exits 0 "as $user: a right module that does much is built"
	for name in $(steps | cut -d: -f1); do
		says "did $name" "as $user: it may: $name"
	done
}

# ---- kmlab dies ----

killed() {
	dir=$area/killed
	module "$dir"
	runs "$dir" "(exec -a $daemon sleep 1000) & (trap '' HUP INT TERM; exec sleep 1000) & wait"
	sed -i "s/exec -a $daemon sleep/cp \/bin\/sleep \/tmp\/$daemon; exec \/tmp\/$daemon/" "$dir/run"
	[ "$user" != nobody ] || chown -R 65534:65534 "$dir"
	as_user "$KMLAB" build --offline -k "$kernel" "$dir" >"$scratch/out" 2>&1 </dev/null &
	pid=$!
	tries=0
	until [ "$(left_behind)" != 0 ] || [ $tries -gt 600 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	is "$(left_behind)" 1 "as $user: a build that never ends, on its way"
	kill -9 "$(pgrep -P "$pid")"
	wait "$pid" 2>/dev/null
	tries=0
	while [ "$(left_behind)" != 0 ] && [ $tries -lt 100 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	is "$(left_behind)" 0 "as $user: nothing of it is left when kmlab is killed"
	echo 'obj-m := m.o' >"$dir/Kbuild"
	kmlab --quiet "$dir"
	exits 0 "as $user: and mended it builds"
}

# Signals to everybody end the build, and nothing but the build.
kill_all() {
	dir=$area/kill-all
	module "$dir"
	runs "$dir" 'rm ran; kill -9 1; kill -9 -1; sleep 1000'
	[ "$user" != nobody ] || chown -R 65534:65534 "$dir"
	kmlab --limit time=20 "$dir"
	[ "$status" -ne 0 ]
	result "as $user: a build that kills all fails" $?
	kill -0 "$victim"
	result "as $user: and the victim is there" $?
}

# ---- who attacks ----

# A cache of one's own, in hard links where that can be; only root makes one, and for the
# user only. Beside the main cache, which may be below root's home, the user could not reach
# it.
make_cache() {
	if [ "$(id -u)" -ne 0 ] || [ "$user" = root ]; then
		KMLAB_CACHE=$main_cache
	else
		KMLAB_CACHE=$scratch/cache
		mkdir "$KMLAB_CACHE" || return 1
		for part in kernels roots; do
			cp -al "$main_cache/$part" "$KMLAB_CACHE/" 2>/dev/null ||
				cp -a "$main_cache/$part" "$KMLAB_CACHE/" || return 1
		done
		find "$KMLAB_CACHE" -type d -exec chown 65534:65534 {} +
	fi
	export KMLAB_CACHE
}

everything_as() {
	user=$1
	if ! make_cache; then
		skip "as $user" "no room for a cache of its own in $scratch"
		return
	fi
	make_area
	start_victim
	if ! configure; then
		cat "$area"/* >"$scratch/out" 2>&1
		result "as $user: the victim starts" 1
		return
	fi
	attack_all
	terminal
	outside
	right_module
	killed
	kill_all
	[ "$user" != root ] || limits
	end_victim
}

gcc -std=gnu11 -o "$scratch/victim" "$attacks/host/victim.c" -lrt >"$scratch/out" 2>&1
result "the victim is compiled" $?
cd "$scratch" || exit 1
if [ "$(id -u)" -ne 0 ]; then
	everything_as "$(id -un)"
elif setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$KMLAB"; then
	everything_as root
	everything_as nobody
else
	everything_as root
	skip "as a user" "one cannot reach $KMLAB"
fi
done_testing
