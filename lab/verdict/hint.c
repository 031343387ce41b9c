// SPDX-License-Identifier: GPL-2.0-only
/* The next step to try: one sentence for each kind of trouble. */
#include <errno.h>
#include <string.h>

#include "event.h"
#include "judge_parts.h"
#include "klog.h"
#include "pattern.h"

struct hint {
	const char *kind; /* a pattern, see pattern_match() */
	const char *words;
};

static const struct hint hints[] = {
	/* load */
	{"init-failed",
	 "look at what the init function returns, and at the log lines before "
	 "it; a missing device or a name already taken are usual"},
	{"not-live",
	 "a module that takes itself off the list of modules or out of /sys cannot be "
	 "tested or unloaded"},
	{"init-positive",
	 "return 0 from the init function on success, -errno on failure"},
	{"unknown-parameter", "the module has no such parameter: compare with its "
			      "module_param() lines"},
	{"no-exit-function", "give the module an exit function: module_exit(...)"},
	{"unload-error", "see whether an earlier oops left the module half loaded"},
	{"reference",
	 "every try_module_get, open file and registered object must be given "
	 "back before unloading; set .owner rather than counting by hand"},

	/* tests */
	{"skipped", "the test's own condition was not met, so the module was only loaded "
		    "and unloaded: see its '# SKIP' line"},
	{"test-failed",
	 "the failing checks are above; 'kmlab shell' on the same sources lets "
	 "you try by hand"},
	{"command-not-run", "the guest has busybox; copy other programs in with --in"},
	{"command-killed", "the program crashed: build it with -g and run it by hand in "
			   "'kmlab shell'"},
	{"copy-failed",
	 "what was written until then is there; check what --out names, and name less of "
	 "it"},
	{"endless-read", "read() must return 0 at the end of the data: look at *ppos, "
			 "and move it on; what "
			 "has no end is read in part, as by 'head -c 100'"},
	{"endless-write",
	 "write() must return how many bytes it took, or an error: a program that gets 0 "
	 "tries again"},
	{"endless-error", "the program tries again: return what says that trying is in "
			  "vain, or let it wait "
			  "until it can go on"},
	{"endless-call",
	 "a loop in the kernel does not end: give it a bound, and leave it when "
	 "signal_pending(current)"},
	{"endless-command",
	 "if the command only needs longer, raise --timeout; else it is the program that "
	 "does not end: run it by hand in 'kmlab shell'"},
	{"timeout",
	 "if the command only needs longer, raise --timeout; else look for a wait "
	 "whose wake-up never comes"},

	/* oopses */
	{"null-dereference",
	 "a pointer was NULL here: check the result of the call it came "
	 "from, and whether it is set before its first use"},
	{"null-call",
	 "a function pointer was NULL: fill the operation in, or test it first"},
	{"thread-gone",
	 "the thread's function returned by itself, and then its task_struct is freed: "
	 "hold "
	 "it "
	 "with get_task_struct after kthread_create and put_task_struct after "
	 "kthread_stop, or let the function loop until kthread_should_stop"},
	{"error-pointer",
	 "the pointer is an error code: test it with IS_ERR() before use"},
	{"use-after-unload",
	 "something still runs or points into the module: in the exit "
	 "function delete timers (timer_delete_sync), flush work "
	 "(cancel_work_sync), stop threads (kthread_stop), unregister "
	 "callbacks"},
	{"use-after-init", "drop __init or __initdata from what is used after loading"},
	{"use-after-free",
	 "the object was freed earlier: find who still holds the pointer, "
	 "and the order of free and last use"},
	{"general-protection",
	 "the pointer is no address: freed or overwritten memory is "
	 "usual; look at what it was read from"},
	{"page-fault",
	 "nothing is mapped there: look for a wrong index or a stale pointer; "
	 "addresses of user space need copy_from_user or copy_to_user"},
	{"write-protected",
	 "the object is const or was sealed after loading: do not write it"},
	{"exec-*", "a function pointer holds a data address: look where it was set"},
	{"bad-call", "a function pointer holds a wrong address: look where it was set"},
	{"stack-overflow",
	 "the kernel stack has 16 KiB: no deep recursion, no large arrays "
	 "on it; use kmalloc"},
	{"double-fault",
	 "the kernel stack has 16 KiB: no deep recursion, no large arrays on "
	 "it; use kmalloc"},
	{"stack-smash",
	 "an array on the stack was written beyond its end: check its index "
	 "and the length of every copy"},
	{"divide-error", "test the divisor before dividing"},
	{"bug-on",
	 "the condition of the BUG_ON held: undo what led to it; prefer WARN_ON and "
	 "an error return in your own code"},
	{"double-free",
	 "the object was freed twice: set the pointer to NULL after kfree, and "
	 "free on one path only"},
	{"list-double-del",
	 "list_del was called twice: use list_del_init if an entry may be "
	 "deleted again, and one lock around the list"},
	{"list-use-after-del",
	 "the entry was taken off its list: use list_for_each_entry_safe "
	 "while deleting"},
	{"list-*",
	 "the list was changed without its lock, or an entry was freed or added "
	 "while still on a list"},
	{"buffer-overflow",
	 "the copy is longer than the destination: check the length first"},
	{"usercopy",
	 "the length given to copy_to_user or copy_from_user exceeds the object"},
	{"int3",
	 "no breakpoint of yours? then the emulator stumbled over the kernel patching "
	 "its own code: run it again"},

	/* locks, sleeping, hanging */
	{"scheduling-while-atomic",
	 "something that sleeps is called with a spinlock held or in "
	 "an interrupt: use GFP_ATOMIC, a mutex, or a work item"},
	{"sleep-in-*", "something that sleeps is called with a spinlock held or in an "
		       "interrupt: use GFP_ATOMIC, a mutex, or a work item"},
	{"preemption-imbalance",
	 "every spin_lock and preempt_disable needs its counterpart on "
	 "every return path"},
	{"lockdep-*",
	 "the report names both places: take the locks in one order everywhere, "
	 "with interrupts off if an interrupt takes one too"},
	{"rcu-usage", "wrap the reader in rcu_read_lock, or hold the updater's lock"},
	{"soft-lockup",
	 "a loop does not end or never yields: give it a bound, or cond_resched"},
	{"hard-lockup",
	 "a loop with interrupts off does not end: look for a lock taken twice"},
	{"rcu-stall",
	 "a loop does not end or never yields: give it a bound, or cond_resched"},
	{"hung-task",
	 "nothing wakes this wait: use the _interruptible or _timeout form, and "
	 "check the lock or condition it waits for"},
	{"stalled-call",
	 "init and exit must return soon: move waiting to a thread or a work "
	 "item, and look for a lock taken twice"},
	{"printk-flood",
	 "print less: pr_info_ratelimited() keeps to ten lines in five seconds, "
	 "pr_debug() prints only when it is asked for, and a counter in debugfs needs no "
	 "log at all"},
	{"spinlock-*", "the lock is never released, or taken again by its owner"},

	/* warnings */
	{"refcount*",
	 "gets and puts do not match: follow each path, the error paths first"},
	{"log-lost", "print less, or use the _ratelimited forms; --append "
		     "log_buf_len=16M keeps more"},
	{"warning", "the condition of the WARN_ON held: see its source line"},
	{"sysfs-duplicate",
	 "the name is in use: remove it on unload, or was it made twice?"},
	{"proc-duplicate",
	 "the name is in use: remove_proc_entry on unload, or was it made "
	 "twice?"},
	{"proc-not-empty", "remove the entries first, or use remove_proc_subtree"},
	{"debugfs-duplicate",
	 "the name is in use: debugfs_remove on unload, or was it made twice?"},
	{"irq-nobody",
	 "return IRQ_HANDLED when the interrupt is the device's, and switch it off at "
	 "the device"},
	{"kobject-*", "kobject_init once per object, on memory that was zeroed"},
	{"no-release", "give the device a release() function that frees it"},
	{"free-active",
	 "stop the timer or the work item before freeing what contains it"},
	{"out-of-bounds", "check the index against the size of the object"},
	{"slab-leak", "free every object of the cache before kmem_cache_destroy"},

	/* leaks */
	{"leak-memory", "free it in the exit function and on every error path"},
	{"leak-vmalloc", "vfree it in the exit function and on every error path"},
	{"leak-slab", "free it in the exit function and on every error path"},
	{"leak-process", "a program that call_usermodehelper started still runs: wait "
			 "for it (UMH_WAIT_PROC), "
			 "or make it end before unloading"},
	{"leak-proc", "remove_proc_entry or proc_remove in the exit function"},
	{"leak-sysfs",
	 "remove it in the exit function (kobject_put, sysfs_remove_group)"},
	{"leak-debugfs", "debugfs_remove in the exit function"},
	{"leak-dev", "misc_deregister or device_destroy in the exit function"},
	{"leak-chrdev", "unregister_chrdev_region in the exit function"},
	{"leak-blkdev", "unregister_blkdev in the exit function"},
	{"leak-irq", "free_irq in the exit function"},
	{"leak-kthread", "kthread_stop in the exit function"},
	{"leak-timer",
	 "timer_delete_sync (del_timer_sync before 6.2) in the exit function"},
	{"leak-work", "cancel_work_sync or destroy_workqueue in the exit function"},
	{"leak-pointer",
	 "unregister in the exit function what the init function registered: "
	 "the kernel follows this pointer sooner or later, and crashes"},
	{"leak-*", "undo it in the exit function and on every error path"},

	/* lost guests */
	{"reset",
	 "a triple fault: the stack, the page tables or the interrupt table are gone; "
	 "look at what the module writes"},
	{"poweroff", "something called for power-off; a test must not"},
	{"silent",
	 "all CPUs are stuck: look for a loop with interrupts off or a lock taken "
	 "twice"},
	{"flood",
	 "a message is printed in an endless loop: bound it, or use the _ratelimited "
	 "form"},
	{"impostor",
	 "the command or the module reached for the lab's own process or its port: what "
	 "the guest reported is not believed; a test must leave process 1 alone"},
	{"damaged-list", "look at what the module writes beyond its own memory"},
	{"qemu", "'kmlab doctor' checks the host"},
};

/* "b_sym: Unknown symbol no_such_function (err -2)" */
static char *hint_symbol(const char *line)
{
	const char *name = strstr(line, "Unknown symbol ") + strlen("Unknown symbol ");
	_cleanup_free_ char *symbol = xstrndup(name, strcspn(name, " ("));

	if (strstr(line, "(err -22)"))
		return xprintf(
			"'%s' exists, but not for this module: it wants a GPL licence, "
			"its namespace (MODULE_IMPORT_NS), or a rebuild for this kernel",
			symbol);
	return xprintf(
		"this kernel exports no '%s' to this module: if another module of yours "
		"defines it, name that one too; if it is EXPORT_SYMBOL_GPL, set "
		"MODULE_LICENSE(\"GPL\"); else grep it in the headers' Module.symvers",
		symbol);
}

/* "x: version magic '6.1.0-56-amd64 SMP' should be '6.12.117-amd64 SMP'" */
static char *hint_vermagic(struct judge *j, const char *line)
{
	const char *was = strchr(line, '\'');
	const char *is = strstr(line, "should be '");
	const char *source = j->result->source ? j->result->source : "SOURCE";
	const char *kernel = j->result->kernel ? j->result->kernel : "NAME";

	if (!was || !is)
		return NULL;
	was++;
	is += strlen("should be '");
	return xprintf("the module was built for %.*s, this is %.*s: name its source, or "
		       "'kmlab build --kernel %s' it first (given: %s)",
		       (int)strcspn(was, " '"), was, (int)strcspn(is, " '"), is, kernel,
		       source);
}

static char *hint_from_line(struct judge *j, const char *line)
{
	if (strstr(line, ": Unknown symbol "))
		return hint_symbol(line);
	if (strstr(line, ": version magic '"))
		return hint_vermagic(j, line);
	if (strstr(line, "disagrees about version of symbol") ||
	    strstr(line, "no symbol version"))
		return xprintf(
			"the module was built against other headers: build it for this "
			"kernel with 'kmlab build --kernel %s'",
			j->result->kernel ? j->result->kernel : "NAME");
	if (strstr(line, "exports duplicate symbol"))
		return xstrdup(
			"another loaded module or the kernel exports this name: rename "
			"yours, or make it static");
	if (strstr(line, "invalid for parameter"))
		return xstrdup(
			"give the parameter a value of its type, as --param NAME=VALUE");
	if (strstr(line, "from namespace"))
		return xstrdup(
			"add the MODULE_IMPORT_NS line for the namespace in the log");
	if (strstr(line, "Invalid relocation") || strstr(line, "struct module size"))
		return xstrdup(
			"the file does not fit this kernel: build it again, clean");
	return NULL;
}

static char *hint_load(struct judge *j, const struct lab_event *event)
{
	char *hint = NULL;

	for (size_t i = 0; i < event->detail.n && !hint; i++)
		hint = hint_from_line(j, event->detail.v[i]);
	if (hint)
		return hint;
	switch (j->report->load_errno) {
	case ENOEXEC:
		return xprintf("build it for this kernel: 'kmlab build --kernel %s'",
			       j->result->kernel ? j->result->kernel : "NAME");
	case EKEYREJECTED:
	case ENOKEY:
	case EBADMSG:
	case EPERM:
		return xstrdup("this kernel enforces module signatures: leave out "
			       "module.sig_enforce and lockdown from --append");
	case EEXIST:
		return xstrdup(
			"a module of this name is already there: is it built into the "
			"kernel, or named twice?");
	case ENOMEM:
		return xstrdup("give the guest more memory with --mem");
	}
	return NULL;
}

char *judge_hint(struct judge *j)
{
	const struct lab_event *event = lab_result_worst(j->result);
	_cleanup_free_ char *key = NULL;
	const char *advice;

	if (!event)
		return NULL;
	if (event->hint)
		return xstrdup(event->hint);
	if (!strcmp(event->kind, "load-error"))
		return hint_load(j, event);
	if (event->outcome == LAB_LEAK && event->phase == LAB_PHASE_LEAK)
		key = xprintf("leak-%s", event->kind);
	else
		key = xstrdup(event->kind);
	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (pattern_match(hints[i].kind, key))
			return xstrdup(hints[i].words);
	advice = klog_advice(event->kind);
	return advice ? xstrdup(advice) : NULL;
}
