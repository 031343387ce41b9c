#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kmlab build: the shapes of module trees people have, on the newest kernel; with
# KMLAB_TEST_ALL on every one.
. "$(dirname "$0")/lib.sh"

# module FILE [BODY]: a module whose init function contains BODY.
module() {
	write_module "$1" '#ifdef HEADER
#include HEADER
#endif' "${2:-}"
}

# library FILE FUNCTION: one more source file, or with "export" a module that exports it.
library() {
	mkdir -p "$(dirname "$1")"
	cat >"$1" <<-END
		#include <linux/module.h>
		int $2(void);
		int $2(void) { return 7; }
	END
	[ "$3" != export ] || cat >>"$1" <<-END
		EXPORT_SYMBOL_GPL($2);
		MODULE_LICENSE("GPL");
		MODULE_DESCRIPTION("test");
	END
}

# built [OPTION...] SOURCE...: the names of the modules built, in one line.
built() {
	run "$KMLAB" build --quiet -k "$kernel" "$@"
	sed 's|.*/||' "$scratch/out" | tr '\n' ' ' | sed 's/ $//'
}

# has FILE BYTES: does the module that was built last have these bytes?
has() {
	grep -q -a -e "$1" "$(tail -n 1 "$scratch/out")"
}

listing() {
	(cd "$1" && find . | sort)
}

one_directory() {
	module one/one.c
	echo 'obj-m := one.o' >one/Kbuild
	printf 'all:\n\tfalse\n' >one/Makefile
	before=$(listing one)
	is "$(built one)" one.ko "a directory with a Kbuild"
	is "$(listing one)" "$before" "stays as it was"
	[ -f "$(cat "$scratch/out")" ]
	result "the path that is printed is there" $?
	is "$(built one)" one.ko "built again"
	module one/one.c 'pr_info("second edition");'
	built one >/dev/null
	has 'second edition'
	result "after an edit the new text is in the module" $?
}

# Once Kbuild has run for a kernel, parts of it are left out for the next module. The objects
# must be the same.
same_bytes() {
	is "$(built many)" many.ko "built by the short way"
	sed -i 's/7/8/' many/sub/inner.c
	built many >/dev/null
	dir=$(dirname "$(cat "$scratch/out")")
	cp -a "$dir" short
	is "$(built --clean many)" many.ko "built by the long way"
	diff -r short "$dir" >"$scratch/out" 2>&1
	result "the same bytes in every object and record" $?
}

makefile_only() {
	module idiom/idiom.c
	cat >idiom/Makefile <<-'END'
		ifneq ($(KERNELRELEASE),)
		obj-m := idiom.o
		else
		all:
			$(MAKE) -C /lib/modules/$(shell uname -r)/build M=$(CURDIR) modules
		endif
	END
	is "$(built idiom)" idiom.ko "the usual Makefile"
	MAKEFLAGS=n is "$(MAKEFLAGS=n built --clean idiom)" idiom.ko \
		"an outer make's flags stay outside"
}

# What a shell calls the directory in which make is typed.
working_directory() {
	module pwd/pwd.c 'pr_info("%d", BESIDE);'
	sed -i '1a #include <beside.h>' pwd/pwd.c
	mkdir pwd/include
	echo '#define BESIDE 1' >pwd/include/beside.h
	# shellcheck disable=SC2016 # for make
	printf 'obj-m := pwd.o\nccflags-y := -I$(PWD)/include\n' >pwd/Kbuild
	is "$(built pwd)" pwd.ko "\$(PWD) is the module's directory"
	is "$(built pwd -- KBUILD_VERBOSE=1)" pwd.ko "also by the long way"
}

one_file() {
	module home/loose-one.c 'pr_info("%d", LOOSE);'
	echo '#define LOOSE 1' >home/loose.h
	sed -i '1a #include "loose.h"' home/loose-one.c
	mkdir -p home/cache home/private
	before=$(listing home)
	is "$(built home/loose-one.c)" loose-one.ko "one .c file and a header beside it"
	is "$(listing home)" "$before" "its directory stays as it was"
	got=$(KMLAB_CACHE=$PWD/home/cache "$KMLAB" build --offline --quiet -k "$kernel" \
		home/loose-one.c 2>&1) || true
	case $got in
	*'cache lies inside'*) false ;;
	esac
	result "the cache may lie in the same directory" $?
}

many_files() {
	module many/main.c 'return helper() + inner() - 14;'
	sed -i '1a int helper(void); int inner(void);' many/main.c
	library many/helper.c helper
	library many/sub/inner.c inner
	printf 'obj-m := many.o\nmany-y := main.o helper.o sub/inner.o\n' >many/Kbuild
	is "$(built many)" many.ko "a module of several files, one in a subdirectory"
}

many_modules() {
	module several/a.c
	module several/b.c
	module several/dir/c.c
	module several/dir/deep/d.c
	printf 'obj-m := a.o b.o dir/\n' >several/Kbuild
	printf 'obj-m := c.o deep/\n' >several/dir/Kbuild
	printf 'obj-m := d.o\n' >several/dir/deep/Makefile
	is "$(built several)" 'a.ko b.ko c.ko d.ko' "several modules, in directories below too"
	printf 'obj-m := b.o dir/\n' >several/Kbuild
	is "$(built several)" 'b.ko c.ko d.ko' "a module taken out is no longer a result"
}

shared_header() {
	module tree/drv/drv.c 'pr_info(SHARED);'
	mkdir -p tree/include
	echo '#define SHARED "first shared"' >tree/include/shared.h
	# shellcheck disable=SC2016 # for make
	printf 'obj-m := drv.o\nccflags-y := -I$(src)/../include -DHEADER="<shared.h>"\n' \
		>tree/drv/Kbuild
	built tree/drv >/dev/null
	exits 101 "a header in ../include, where no checkout is around"
	says 'show it more with --see DIR' "says how to show it"
	is "$(built --see tree/include tree/drv)" drv.ko "shown by --see"
	mkdir tree/.git
	is "$(built --clean tree/drv)" drv.ko "a header in ../include of the same checkout"
	echo '#define SHARED "second shared"' >tree/include/shared.h
	built tree/drv >/dev/null
	has 'second shared'
	result "an edit there is noticed" $?
}

symbols() {
	library lender/lender.c lent_symbol export
	echo 'obj-m := lender.o' >lender/Kbuild
	module user/user.c 'return lent_symbol() - 7;'
	sed -i '1a int lent_symbol(void);' user/user.c
	echo 'obj-m := user.o' >user/Kbuild
	is "$(built lender user)" 'lender.ko user.ko' "a symbol of an earlier source"
	has 'depends=lender'
	result "makes a dependency" $?
	mkdir -p own
	cp user/user.c own/own.c
	printf 'obj-m := own.o\nKBUILD_EXTRA_SYMBOLS := %s/lender/Module.symvers\n' "$PWD" \
		>own/Kbuild
	is "$(built lender own)" 'lender.ko own.ko' \
		"also for a Kbuild that names KBUILD_EXTRA_SYMBOLS itself"
	printf '0x12345678\tlent_symbol\t%s/lender/lender\tEXPORT_SYMBOL_GPL\t\n' "$PWD" \
		>lender/Module.symvers
	is "$(built lender own)" 'lender.ko own.ko' "and finds a stale list there"
	rm lender/Module.symvers
	run "$KMLAB" build --quiet -k "$kernel" user
	exits 101 "without its source the symbol is missing"
	says 'lent_symbol.*undefined' "and is named"
}

errors() {
	module bad/bad.c 'return nothing_like_it;'
	echo 'obj-m := bad.o' >bad/Kbuild
	before=$(listing bad)
	run "$KMLAB" build --quiet -k "$kernel" bad
	exits 101 "a build error"
	says "^$PWD/bad/bad.c:7:[0-9]*: error: " "names file and line as the user has them"
	silent_about 'Entering directory' "without make's chatter"
	is "$(listing bad)" "$before" "and leaves nothing there"
	module bad/bad.c 'int unused_thing;'
	is "$(built bad)" bad.ko "corrected, with a warning only"
	says 'warning: unused variable' "which is shown"
	run "$KMLAB" build --quiet --werror -k "$kernel" bad
	exits 101 "--werror makes it an error"
	mkdir -p empty
	run "$KMLAB" build -k "$kernel" empty
	[ "$status" -ne 0 ] && [ "$status" -ne 101 ]
	result "a directory without Kbuild is no build error" $?
	says 'has no Kbuild' "but said so"
}

# make compares times, and a source that is moved back has an old one: it must count, too.
older() {
	module older/older.c 'pr_info("one edition");'
	echo 'obj-m := older.o' >older/Kbuild
	module kept.c 'pr_info("another edition");'
	touch -d '-1 day' kept.c
	cp -r older exchanged
	built older >/dev/null
	mv kept.c older/older.c
	built older >/dev/null
	has 'another edition'
	result "a file that an older one took the place of" $?
	mv older away
	mv exchanged older
	touch -d '-2 days' older/older.c
	built older >/dev/null
	has 'one edition'
	result "a directory that another took the place of" $?
	mkdir shelf .git
	echo '#define SHELF "shelf of old"' >shelf/kept.h
	touch -d '-1 day' shelf/kept.h
	echo '#define SHELF "shelf of now"' >shelf/shelf.h
	# shellcheck disable=SC2016 # for make
	printf 'obj-m := older.o\nccflags-y := -I$(src)/../shelf -DHEADER="<shelf.h>"\n' \
		>older/Kbuild
	module older/older.c 'pr_info(SHELF);'
	built older >/dev/null
	has 'shelf of now'
	result "a header beside it" $?
	mv shelf/kept.h shelf/shelf.h
	built older >/dev/null
	has 'shelf of old'
	result "and one that an older one took the place of" $?
	rmdir .git
}

stale() {
	module stale/stale.c 'pr_info("fresh text");'
	echo 'obj-m := stale.o' >stale/Kbuild
	for f in stale.o stale.ko stale.mod stale.mod.o stale.mod.c modules.order; do
		echo 'of another kernel' >stale/$f
		echo 'cmd_x := true' >stale/.$f.cmd
	done
	touch -d '+1 hour' stale/stale.o stale/stale.ko
	before=$(listing stale && cat stale/*)
	is "$(built stale)" stale.ko "objects of the user's own build are not used"
	has 'fresh text'
	result "nor their content" $?
	is "$(listing stale && cat stale/*)" "$before" "nor changed"
}

commands() {
	run "$KMLAB" build --quiet --compile-commands -k "$kernel" one
	exits 0 "--compile-commands"
	grep -q "\"file\": \"$PWD/one/one.c\"" one/compile_commands.json
	result "names the source" $?
	rm -f one/compile_commands.json
}

odd_paths() {
	at="my projects: 1,2/it's \$one"
	module "$at/odd.c" 'pr_info(SHARED); int unused_thing;'
	mkdir -p "my projects: 1,2/include" "my projects: 1,2/.git"
	echo '#define SHARED "shared by odd"' >"my projects: 1,2/include/shared.h"
	# shellcheck disable=SC2016 # for make
	printf 'obj-m := odd.o\nccflags-y := -I$(src)/../include -DHEADER="<shared.h>"\n' \
		>"$at/Kbuild"
	before=$(listing "$at")
	is "$(built "$at")" odd.ko "a path with blanks, colons, quotes and dollar signs"
	has 'shared by odd'
	result "with a header beside it" $?
	says "^$PWD/$at/odd.c:7:[0-9]*: warning: " "the user's own path in a warning"
	is "$(listing "$at")" "$before" "stays as it was"
	sed -i 's/shared by odd/shared anew/' "my projects: 1,2/include/shared.h"
	built "$at" >/dev/null
	has 'shared anew'
	result "an edit beside it is noticed" $?
	run "$KMLAB" build --quiet --compile-commands -k "$kernel" "$at"
	python3 - "$PWD/$at/odd.c" "$at/compile_commands.json" <<-'END' 2>>"$scratch/err"
		import json, shlex, sys
		[entry] = json.load(open(sys.argv[2]))
		assert entry["file"] == sys.argv[1], entry["file"]
		words = shlex.split(entry["command"])
		assert words[-1].endswith("odd.c") and "kmlab-src" not in entry["command"]
	END
	result "and in compile_commands.json" $?
	mkdir -p 'a user'
	cp one/one.c one/Kbuild 'a user'
	library 'a lender/lender.c' lent_symbol export
	echo 'obj-m := lender.o' >'a lender/Kbuild'
	module 'a user/one.c' 'return lent_symbol() - 7;'
	sed -i '1a int lent_symbol(void);' 'a user/one.c'
	is "$(built 'a lender' 'a user')" 'lender.ko one.ko' "symbols from one to another"
}

warnings() {
	module warn/a.c 'int unused_a;'
	module warn/b.c
	printf 'obj-m := a.o b.o\n' >warn/Kbuild
	built warn >/dev/null
	says 'unused_a' "a warning"
	module warn/b.c 'pr_info("changed");'
	built warn >/dev/null
	says 'unused_a' "is repeated when another file was compiled"
	module warn/a.c
	built warn >/dev/null
	silent_about 'unused_a' "and goes with its cause"
}

# has_btf [OPTION...] SOURCE: yes when the module has type information of its own.
has_btf() {
	built "$@" >/dev/null
	readelf -SW "$(tail -n 1 "$scratch/out")" | grep -q '[.]BTF ' && echo yes
}

# Without vmlinux, which the headers up to 6.1 do not bring, there can be none.
type_information() {
	module btf/btf.c 'int unused_btf;'
	echo 'obj-m := btf.o' >btf/Kbuild
	possible=$(has_btf --make CONFIG_DEBUG_INFO_BTF_MODULES=y btf)
	is "$(has_btf btf)" "" "no type information for a module that shows none"
	module btf/btf.c 'return list[0] * 0; int unused_btf;'
	sed -i '1a #include <linux/btf_ids.h>\nBTF_ID_LIST(list)\nBTF_ID(func, vfs_read)' \
		btf/btf.c
	is "$(has_btf btf)" "$possible" "but for one that offers a function to BPF"
	says 'unused_btf' "with all that the compiler said"
	sed -i 's/unused_btf/unused_again/' btf/btf.c
	is "$(has_btf btf)" "$possible" "and after an edit"
	module btf/btf.c
	built btf >/dev/null
	module btf/btf.c 'pr_info("another edit");'
	is "$(has_btf btf)" "" "and no more when it offers none"
}

# Two builds at once, and one that is killed, leave no half-written object.
interrupted() {
	module twice/twice.c
	echo 'obj-m := twice.o' >twice/Kbuild
	"$KMLAB" build --quiet -k "$kernel" twice >first 2>&1 &
	pid=$!
	run "$KMLAB" build --quiet -k "$kernel" twice
	exits 0 "two builds of one directory at once"
	wait "$pid"
	result "both succeed" $?
	is "$(cat first)" "$(cat "$scratch/out")" "with the same result"
	for delay in 0.05 0.2 0.5; do
		module twice/twice.c "pr_info(\"after $delay\");"
		"$KMLAB" build --quiet -k "$kernel" twice >/dev/null 2>&1 &
		pid=$!
		sleep "$delay"
		kill -9 "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
		is "$(built twice)" twice.ko "after a kill -9 it builds again"
		has "after $delay"
		result "from the source as it is" $?
	done
}

dkms() {
	module dk/src/dk.c
	echo 'obj-m := dk.o' >dk/src/Kbuild
	cat >dk/dkms.conf <<-'END'
		PACKAGE_NAME="dk"
		PACKAGE_VERSION="1.0"
		BUILT_MODULE_NAME[0]="dk"
		BUILT_MODULE_LOCATION[0]="src"
		DEST_MODULE_LOCATION[0]="/updates"
		MAKE[0]="make -C /lib/modules/${kernelver}/build M=${dkms_tree}/dk/1.0/build/src"
		CLEAN="make clean"
	END
	before=$(listing dk)
	is "$(built dk)" dk.ko "a tree with a dkms.conf"
	is "$(listing dk)" "$before" "stays as it was"
}

cd "$scratch" || exit 1
mkdir trees
kernels=$newest
! everything "on every kernel" || kernels=$KMLAB_TEST_KERNELS
for kernel in $kernels; do
	echo "# $kernel"
	rm -rf trees && mkdir trees && cd trees || exit 1
	one_directory
	makefile_only
	working_directory
	one_file
	many_files
	same_bytes
	many_modules
	shared_header
	symbols
	errors
	older
	stale
	commands
	odd_paths
	warnings
	type_information
	interrupted
	dkms
	cd ..
done
done_testing
