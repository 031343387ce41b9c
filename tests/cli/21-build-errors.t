#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a build error says: the place in the headline, and the next step, which depends on the
# kernel that the module was built for. None of these modules builds, so no guest is started.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

# module FILE CODE BODY: a module with CODE before its init function and BODY in it.
module() {
	write_module "$1" "#include <linux/device.h>
#include <linux/timer.h>
$2" "$3"
}

# since RELEASE: is $k that release or a later one?
since() {
	[ "$(printf '%s\n' "$1" "${k#*/}" | sort -V | head -n 1)" = "$1" ]
}

# judged SOURCE HEADLINE NEXT NAME: basic regular expressions.
judged() {
	run "$KMLAB" run -k "$k" "$1"
	exits 101 "$4 on $k"
	says "^FAIL .* does not build: $2 (" "has its place in the headline"
	says "^  next: $3" "and a next step for this kernel"
}

changes() {
	if since 6.4; then
		module class.c "" 'return PTR_ERR_OR_ZERO(class_create(THIS_MODULE, "t"));'
		want='since 6\.4 class_create() takes the name only'
	else
		module class.c "" 'return PTR_ERR_OR_ZERO(class_create("t"));'
		want='before 6\.4 class_create() takes the owner too'
	fi
	judged class.c 'class\.c:7: .*' "$want" "the arguments of a function"
	if since 6.16; then
		module timer.c 'static struct timer_list t;' 'from_timer(current, &t, x);'
		want='since 6\.16 from_timer() is timer_container_of()'
	else
		module timer.c 'static struct timer_list t;' \
			'timer_container_of(current, &t, x);'
		want='before 6\.16 timer_container_of() is from_timer()'
	fi
	judged timer.c 'timer\.c:7: implicit declaration .*' "$want" "a function of another name"
	if since 6.11; then
		module driver.c '#include <linux/platform_device.h>
			static int gone(struct platform_device *d) { return 0; }
			static struct platform_driver p = {.remove = gone};' '(void)&p;'
		want='since 6\.11 platform_driver\.remove() returns void'
	else
		module driver.c '#include <linux/platform_device.h>
			static void gone(struct platform_device *d) { }
			static struct platform_driver p = {.remove = gone};' '(void)&p;'
		want='before 6\.11 platform_driver\.remove() returns int'
	fi
	judged driver.c 'driver\.c:6: .*' "$want" "a function pointer of another type"
}

# Two files, of which one is forgotten; a module that would be made of itself.
missing() {
	module pair/main.c 'int helper(void);' 'return helper();'
	echo 'int helper(void); int helper(void) { return 0; }' >pair/other.c
	printf 'obj-m := pair.o\npair-objs := main.o\n' >pair/Kbuild
	judged pair 'modpost: "helper" .* undefined!' \
		"'helper' is defined in 'other\.c', .*: add 'other\.o' to 'pair-objs'" \
		"a file that is not part of the module"
	module self/self.c 'int helper(void);' 'return helper();'
	cp pair/other.c self
	printf 'obj-m := self.o\nself-objs := self.o other.o\n' >self/Kbuild
	judged self 'Circular .*self\.o <- .*self\.o dependency dropped\.' \
		"an object cannot be made of itself, so 'self\.c' is left out" \
		"a module of the name of its source"
}

flags() {
	module flags/main.c '#include "mine.h"' 'return MINE;'
	mkdir flags/deep
	echo '#define MINE 0' >flags/deep/mine.h
	# shellcheck disable=SC2016 # for make
	printf 'obj-m := main.o\nEXTRA_CFLAGS := -I$(src)/deep\n' >flags/Kbuild
	since 6.15 || return 0
	judged flags 'main\.c:4: mine\.h: No such file or directory' \
		'since 6\.15 Kbuild ignores EXTRA_CFLAGS: write ccflags-y' "EXTRA_CFLAGS"
}

# What the box hides may be why something is not there; the kernel's headers are all there.
headers() {
	module outer.c '#include "../elsewhere/mine.h"'
	judged_note outer.c 'outer\.c:4: \.\./elsewhere/mine\.h: No such file or directory'
	says "note: a build sees its own directory" "what lies outside may be hidden"
	module inner.c '#include <linux/no_such.h>'
	judged_note inner.c 'inner\.c:4: linux/no_such\.h: No such file or directory'
	silent_about "note: a build sees" "the kernel's headers are not"
}

judged_note() {
	run "$KMLAB" run -q -k "$k" "$1"
	says "does not build: $2 (" "a header is missing on $k"
}

magic() {
	cat >magic.c <<-'END'
		#include <linux/module.h>
		int init_module(void) { return 0; }
		void cleanup_module(void) { }
		MODULE_LICENSE("GPL");
		MODULE_DESCRIPTION("test");
	END
	since 7.2 || return 0
	judged magic.c 'magic\.o: objtool: .*(): Magic init_module() .*' \
		'give init_module() and cleanup_module() names of their own' \
		"a function called init_module"
}

kernels=$kernel
[ "$kernel" = "$newest" ] || kernels="$kernel $newest"
! everything "on every kernel" || kernels=$KMLAB_TEST_KERNELS
for k in $kernels; do
	rm -rf trees && mkdir trees && cd trees || exit 1
	changes
	missing
	flags
	headers
	magic
	cd ..
done
done_testing
