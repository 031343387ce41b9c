#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Several modules in one run: what is found names the right one, on the newest kernel; with
# KMLAB_TEST_ALL on every one.
. "$(dirname "$0")/lib.sh"
src=$scratch/src
mkdir "$src"

# module NAME INIT EXIT: a module with these two functions.
module() {
	cat >"$src/$1.c" <<END
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
static void *held;
static int *volatile nowhere __maybe_unused;
static int __init $1_init(void)
{
	$2
}
module_init($1_init);
static void __exit $1_exit(void)
{
	$3
}
module_exit($1_exit);
MODULE_DESCRIPTION("Test: one of several modules");
MODULE_LICENSE("GPL");
END
	echo "obj-m += $1.o" >>"$src/Kbuild"
}

make_proc='return proc_mkdir("keeps", NULL) ? 0 : -ENOMEM;'
module keeps "held = kmalloc(100, GFP_KERNEL); $make_proc" \
	'kfree(held); remove_proc_entry("keeps", NULL);'
module leaks 'held = kmalloc(200, GFP_KERNEL); return held ? 0 : -ENOMEM;' ''
module dies_in_exit 'held = kmalloc(300, GFP_KERNEL); return 0;' \
	'*nowhere = 0; kfree(held);'
module lends 'return 0;' '(void)held;'
cat >>"$src/lends.c" <<'END'
void lends_it(void);
void lends_it(void) { }
EXPORT_SYMBOL_GPL(lends_it);
END
module dies_in_init 'extern void lends_it(void); lends_it(); *nowhere = 0; return 0;' \
	'kfree(held);'

# What runs on when its module is gone, in memory that was the init code of one before it.
module runs_on 'kthread_run(run_on, NULL, "runs_on"); return 0;' ''
module ticks_on 'timer_setup(&ticker, tick, 0); tick(&ticker); return 0;' ''
sed -i 's|^static void \*held;|\
#include <linux/delay.h>\
#include <linux/kthread.h>\
#include <linux/timer.h>\
static struct timer_list ticker __maybe_unused;\
static void __maybe_unused tick(struct timer_list *t) { mod_timer(t, jiffies + 1); }\
static int __maybe_unused run_on(void *unused) { for (;;) msleep(3); return 0; }\
&|' "$src/runs_on.c" "$src/ticks_on.c"

# Many that each lose a block of their own size in their init function: the memory of its code is
# given to the next one's.
many=$(seq 1 33)
for i in $many; do
	module "one_of_$i" "held = kmalloc(100 + $i, GFP_KERNEL); return held ? 0 : -ENOMEM;" ''
done

# The same with what is found in a list that has no time, and the same line in each of them.
areas=$(seq 2 9)
for i in $areas; do
	module "area_of_$i" "held = vmalloc($i * PAGE_SIZE); return held ? 0 : -ENOMEM;" ''
done

# blamed: "BYTES MODULE" of each leak of the last run, in the order of the numbers
blamed() {
	sed -n 's/^ *"title": ".*(\([0-9]*\) bytes) never freed, allocated in \([a-z]*_of_[0-9]*\)_init .*/\1 \2/p' \
		"$scratch/out" | sort -n
}

# found: "OUTCOME KIND MODULE" of each event of the last run, a line each.
found() {
	awk '
	function text(s) { sub(/^ *"[a-z]*": "?/, "", s); sub(/"?,?$/, "", s); return s }
	/^          "outcome": / { outcome = text($0) }
	/^          "kind": / { kind = text($0) }
	/^          "module": / { print outcome, kind, text($0) }
	' "$scratch/out"
}

# together MODULE...: they are loaded in this order.
together() {
	for name; do
		shift
		set -- "$@" "$(grep "/$name.ko$" "$scratch/kos")"
	done
	run "$KMLAB" run -q --in-turns --json -k "$k" "$@"
}

# judge NAME EVENTS MODULE...: what is found?
judge() {
	told=$1 events=$2
	shift 2
	together "$@"
	is "$(found | tr '\n' ';')" "$events" "$told on $k"
}

# judge_names NAME MODULE MODULE...: who is named by what is used after it is gone?
judge_names() {
	told=$1 guilty=$2
	shift 2
	together "$@"
	is "$(found | sed -n 's/^.* use-after-unload //p' | sort -u)" "$guilty" "$told on $k"
}

kernels=$newest
! everything "on every kernel" || kernels=$KMLAB_TEST_KERNELS
for k in $kernels; do
	run "$KMLAB" build -q -k "$k" "$src"
	exits 0 "all build for $k"
	cp "$scratch/out" "$scratch/kos"
	judge "the leak of one of two is its own" "leak memory leaks;" leaks lends
	says '"title": ".*leaks.c' "and the title says so"
	judge "an exit that oopses keeps others loaded, which do not leak" \
		"oops null-dereference dies_in_exit;" keeps dies_in_exit
	says "'dies_in_exit' was not unloaded" "and a note says so"
	judge "one that had gone before may leak" \
		"oops null-dereference dies_in_exit;leak memory leaks;" keeps dies_in_exit leaks
	judge "an init that oopses keeps what it uses loaded" \
		"oops null-dereference dies_in_init;" lends dies_in_init
	for m in runs_on ticks_on; do
		judge_names "what runs on is $m and no other" "$m" leaks keeps "$m" lends
	done
	# shellcheck disable=SC2046 # names without blanks
	run "$KMLAB" run -q --in-turns --json -k "$k" $(grep /one_of_ "$scratch/kos")
	is "$(blamed)" "$(for i in $many; do echo $((100 + i)) "one_of_$i"; done)" \
		"each of many is blamed for what it lost itself on $k"
	# shellcheck disable=SC2046
	run "$KMLAB" run -q --in-turns --json -k "$k" $(grep /area_of_ "$scratch/kos")
	is "$(blamed)" "$(for i in $areas; do echo $((4096 * i)) "area_of_$i"; done)" \
		"and where the kernel does not say when it was allocated on $k"
done
is "$(guests)" 0 "no guest is left"
done_testing
