// SPDX-License-Identifier: GPL-2.0-only
/* What changed for all modules: macros, exports, tasks, locks, tracing, crypto. */
#include "api_change.h"

#define R API_RELEASE

const struct api_change api_core[] = {
	/* modules */
	{R(5, 12), .old = {"line MODULE_SUPPORTED_DEVICE"},
	 .since = "there is no MODULE_SUPPORTED_DEVICE(): it did nothing, leave it out"},
	{R(6, 13), .old = {"line MODULE_IMPORT_NS"},
	 .since = "MODULE_IMPORT_NS() takes a string: MODULE_IMPORT_NS(\"NAME\")"},
	{R(5, 7), .old = {"call kallsyms_lookup_name", "call kallsyms_on_each_symbol"},
	 .since = "kallsyms_lookup_name() is not for modules: use what the kernel "
		  "exports, or a kprobe on the function"},
	{R(3, 8),
	 .old = {"line __devinit", "line __devexit", "line __devinitdata",
		 "call __devexit_p"},
	 .since = "there is no __devinit, __devexit and __devexit_p(): leave them out"},

	{R(6, 18), .old = {"call ida_simple_get", "call ida_simple_remove"},
	 .since = "ida_simple_get() and ida_simple_remove() are ida_alloc(), or "
		  "ida_alloc_range() whose end is included, and ida_free()"},
	{R(2, 20), .old = {"args INIT_WORK", "args DECLARE_WORK"},
	 .since = "INIT_WORK() and DECLARE_WORK() take no data: the function gets the "
		  "work_struct, and container_of() what it is in"},

	/* headers */
	{R(5, 15), .old = {"header stdarg.h"},
	 .since = "the compiler's headers are not for modules: include "
		  "<linux/stdarg.h>",
	 .new = {"header linux/stdarg.h"},
	 .before = "there is no <linux/stdarg.h>: include <stdarg.h>"},
	{R(6, 12), .old = {"header asm/unaligned.h"},
	 .since = "include <linux/unaligned.h> for <asm/unaligned.h>",
	 .new = {"header linux/unaligned.h"},
	 .before = "there is no <linux/unaligned.h>: include <asm/unaligned.h>"},
	{R(3, 4), .old = {"header asm/system.h"},
	 .since = "there is no <asm/system.h>: include what is used of it, such as "
		  "<asm/barrier.h>"},
	{R(2, 39),
	 .old = {"header linux/smp_lock.h", "call lock_kernel", "call unlock_kernel"},
	 .since = "there is no big kernel lock: use a mutex of your own"},

	/* tasks, threads, signals */
	{R(5, 14), .old = {"member task_struct.state"},
	 .since = "task_struct.state is __state: use set_current_state(), and "
		  "READ_ONCE(task->__state) to read it",
	 .new = {"member task_struct.__state"},
	 .before = "task_struct.__state is called state"},
	{R(5, 3), .old = {"member task_struct.cpus_allowed"},
	 .since = "task_struct.cpus_allowed is cpus_mask, to be read as cpus_ptr"},
	{R(2, 29),
	 .old = {"member task_struct.uid", "member task_struct.gid",
		 "member task_struct.euid", "member task_struct.egid"},
	 .since = "a task's ids are in its credentials: current_uid(), task_uid(task), "
		  "with from_kuid() for a number"},
	{R(5, 17), .old = {"call complete_and_exit"},
	 .since = "complete_and_exit() is kthread_complete_and_exit()",
	 .new = {"call kthread_complete_and_exit"},
	 .before = "kthread_complete_and_exit() is complete_and_exit()"},
	{R(5, 17), .old = {"call do_exit"},
	 .since = "do_exit() is not for modules: return from the thread's function, or "
		  "kthread_exit()",
	 .new = {"call kthread_exit"},
	 .before = "there is no kthread_exit(): return from the thread's function, or "
		   "do_exit()"},
	{R(5, 8), .old = {"call use_mm", "call unuse_mm"},
	 .since = "use_mm() is kthread_use_mm(), for kernel threads only"},
	{R(5, 9), .old = {"call sched_setscheduler", "call sched_setscheduler_nocheck"},
	 .since = "modules do not choose a priority: sched_set_fifo(), "
		  "sched_set_fifo_low() or sched_set_normal()"},
	{R(5, 3), .old = {"args force_sig"},
	 .since = "force_sig() takes the signal only and is for the current task: "
		  "send_sig(sig, task, 1) for others"},

	/* interrupts, tasklets */
	{R(5, 9), .old = {"args DECLARE_TASKLET"},
	 .since = "DECLARE_TASKLET() takes name and function, which gets the tasklet: "
		  "void f(struct tasklet_struct *t), with from_tasklet()"},
	{R(4, 1), .old = {"call IRQF_DISABLED"},
	 .since = "there is no IRQF_DISABLED: handlers run with interrupts off anyway, "
		  "leave it out"},

	/* locks, waiting, lists, compiler */
	{R(6, 4), .old = {"args DEFINE_SEMAPHORE"},
	 .since = "DEFINE_SEMAPHORE() takes the count: DEFINE_SEMAPHORE(name, 1)",
	 .new = {"args DEFINE_SEMAPHORE"},
	 .before = "DEFINE_SEMAPHORE() takes the name only, the count is 1: for another "
		   "one sema_init()"},
	{R(2, 37),
	 .old = {"line DECLARE_MUTEX", "call init_MUTEX", "call init_MUTEX_LOCKED"},
	 .since = "there is no DECLARE_MUTEX() and init_MUTEX(): DEFINE_MUTEX() and "
		  "mutex_lock(), or sema_init()"},
	{R(3, 15),
	 .old = {"call interruptible_sleep_on", "call sleep_on",
		 "call interruptible_sleep_on_timeout", "call sleep_on_timeout"},
	 .since = "there is no sleep_on(): wait_event_interruptible(queue, condition)"},
	{R(4, 13), .old = {"call wait_queue_t"},
	 .since = "wait_queue_t is wait_queue_entry_t"},
	{R(3, 9),
	 .old = {"args hlist_for_each_entry", "args hlist_for_each_entry_safe",
		 "args hlist_for_each_entry_rcu"},
	 .since = "hlist_for_each_entry() has no node as its second argument: leave it "
		  "out"},
	{R(4, 15), .old = {"call ACCESS_ONCE"},
	 .since = "there is no ACCESS_ONCE(): READ_ONCE(x), WRITE_ONCE(x, value)"},
	{R(5, 9), .old = {"line uninitialized_var"},
	 .since = "there is no uninitialized_var(): initialize the variable"},
	{R(5, 14), .old = {"call panic_notifier_list"},
	 .since = "panic_notifier_list is declared in <linux/panic_notifier.h>",
	 .new = {"header linux/panic_notifier.h"},
	 .before = "there is no <linux/panic_notifier.h>: include <linux/kernel.h>"},
	{R(4, 10), .old = {"call register_cpu_notifier", "call unregister_cpu_notifier"},
	 .since = "there is no register_cpu_notifier(): cpuhp_setup_state()"},

	{R(5, 14), .old = {"member kprobe.fault_handler"},
	 .since = "struct kprobe has no fault_handler: leave it out, a handler must not "
		  "fault"},

	/* the language */
	{R(5, 18),
	 .new = {"text 'for' loop initial declarations are only allowed in C99"},
	 .before = "the kernel is written in C89: declare the variable before the for "
		   "loop, as in int i; for (i = 0; ...)"},

	/* strings, random numbers */
	{R(7, 2), .old = {"call strncpy"},
	 .since = "there is no strncpy(): strscpy() for strings, strscpy_pad() where the "
		  "rest must be zeros"},
	{R(6, 3), .old = {"call strtobool"}, .since = "strtobool() is kstrtobool()"},
	{R(6, 8), .old = {"call strlcpy"},
	 .since = "there is no strlcpy(): strscpy(), which returns -E2BIG when it had to "
		  "cut"},
	{R(6, 1), .old = {"call prandom_u32", "call prandom_bytes"},
	 .since = "there is no prandom_u32() and prandom_bytes(): get_random_u32(), "
		  "get_random_bytes()"},
	{R(6, 1), .old = {"call get_random_int"},
	 .since = "there is no get_random_int(): get_random_u32()"},
	{R(6, 2), .old = {"call prandom_u32_max"},
	 .since = "prandom_u32_max(n) is get_random_u32_below(n)",
	 .new = {"call get_random_u32_below", "call get_random_u32_inclusive"},
	 .before = "there is no get_random_u32_below(): prandom_u32_max(ceiling)"},

	/* tracing */
	{R(5, 11), .field = "func",
	 .was = "void (unsigned long, unsigned long, struct ftrace_ops *, struct pt_regs "
		"*)",
	 .is = "void (unsigned long, unsigned long, struct ftrace_ops *, struct "
	       "ftrace_regs *)",
	 .since = "a function tracer gets struct ftrace_regs *: ftrace_get_regs() for "
		  "struct pt_regs *",
	 .before = "a function tracer gets struct pt_regs *, not struct ftrace_regs *"},
	{R(5, 11), .old = {"call FTRACE_OPS_FL_RECURSION_SAFE"},
	 .since = "FTRACE_OPS_FL_RECURSION_SAFE is gone, and is the default: with "
		  "FTRACE_OPS_FL_RECURSION ftrace protects the function",
	 .new = {"call FTRACE_OPS_FL_RECURSION"},
	 .before = "FTRACE_OPS_FL_RECURSION is not there and the default: "
		   "FTRACE_OPS_FL_RECURSION_SAFE is its opposite"},
	{R(5, 11), .old = {"member kretprobe_instance.rp"},
	 .since = "a kretprobe_instance has no member rp: get_kretprobe(ri)",
	 .new = {"call get_kretprobe"}, .before = "there is no get_kretprobe(): ri->rp"},
	{R(4, 15),
	 .old = {"call register_jprobe", "call unregister_jprobe", "struct jprobe"},
	 .since = "there are no jprobes: a kprobe, or a function tracer"},
	{R(6, 10), .old = {"args __assign_str"},
	 .since = "__assign_str() takes the field only: __assign_str(name)",
	 .new = {"args __assign_str"},
	 .before = "__assign_str() takes the source too: __assign_str(name, source)"},

	/* crypto */
	{R(5, 11), .old = {"header crypto/sha.h"},
	 .since = "<crypto/sha.h> is <crypto/sha1.h> and <crypto/sha2.h>",
	 .new = {"header crypto/sha1.h", "header crypto/sha2.h"},
	 .before = "<crypto/sha1.h> and <crypto/sha2.h> are one: <crypto/sha.h>"},
	{R(5, 2), .old = {"member shash_desc.flags"},
	 .since = "shash_desc has no flags: leave them out"},
	{R(5, 5),
	 .old = {"call crypto_alloc_blkcipher", "call crypto_alloc_ablkcipher",
		 "call crypto_free_blkcipher", "call crypto_free_ablkcipher"},
	 .since = "there is no crypto_blkcipher and crypto_ablkcipher: crypto_skcipher, "
		  "from <crypto/skcipher.h>"},
	{0},
};
