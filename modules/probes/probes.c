// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kprobes: code of ours that runs whenever the kernel reaches an instruction of our
 * choice. Probes are given at load (symbol=) and shown in /proc/probes, or attached by a
 * program through /dev/probes. Both count how often they are hit. The same machinery
 * tells where a symbol is that the kernel does not export (lookup=).
 *
 * What may run when:
 * - the handlers: anywhere in the kernel, on all CPUs at once, with preemption off, also
 *   inside of interrupts. They may not sleep, take a lock that others take with
 *   interrupts on, or touch user memory;
 * - everything else: in the process that called, and may sleep. Registering a probe
 *   always does: it patches code that other CPUs may be executing.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "uapi/probes.h"

/* One of each for every CPU: data that other CPUs never write needs no lock. */
struct hits {
	u64 pre;
	u64 post;
};

struct probe {
	struct kprobe kp;
	struct hits __percpu *hits;
	struct list_head armed; /* in armed_probes */
	char symbol[PROBES_NAME_SIZE];
};

struct found {
	unsigned long address;
	bool can_probe;
};

/* Ours that are registered; the lock is held across registering and unregistering. */
static LIST_HEAD(armed_probes);
static DEFINE_MUTEX(armed_lock);

/*
 * this_cpu_inc() is one instruction that adds to this CPU's counter. With counter++ on a
 * shared variable two CPUs read the same value and both write that plus one: a hit is
 * lost. An atomic would be exact too, and have all CPUs wait for one cache line.
 *
 * A separate function, so that a missed hit can be shown: the handlers cannot be probed
 * (below), but what they call can. A probe here is hit inside of a handler; the kernel
 * then runs no handler once more but adds one to kp.nmissed. notrace leaves out the call
 * into ftrace at its beginning, where the kernel would rather put a probe: at this
 * function and at probes_target() it has to use a breakpoint or a jump.
 */
static noinline notrace void probes_count(u64 __percpu *counter)
{
	this_cpu_inc(*counter);
}

/* Runs in front of the probed instruction. 0: go on with that instruction. */
static int probe_pre(struct kprobe *kp, struct pt_regs *regs)
{
	struct probe *probe = container_of(kp, struct probe, kp);

	probes_count(&probe->hits->pre);
	return 0;
}

/* Puts it on the kernel's blacklist: a probe in there would hit itself. */
NOKPROBE_SYMBOL(probe_pre);

/* Runs behind it, when it has been executed: a single step on a copy, or emulated. */
static void probe_post(struct kprobe *kp, struct pt_regs *regs, unsigned long flags)
{
	struct probe *probe = container_of(kp, struct probe, kp);

	probes_count(&probe->hits->post);
}

NOKPROBE_SYMBOL(probe_post);

/*
 * Other CPUs go on counting, so the sum is not of one moment; it never goes back. Counts
 * of CPUs that went offline are kept.
 */
static struct hits probe_hits(const struct probe *probe, u32 cpu)
{
	struct hits sum = { 0 };
	unsigned int i;

	for_each_possible_cpu(i) {
		const struct hits *one = per_cpu_ptr(probe->hits, i);

		if (cpu != PROBES_ALL_CPUS && cpu != i)
			continue;
		sum.pre += READ_ONCE(one->pre);
		sum.post += READ_ONCE(one->post);
	}
	return sum;
}

/*
 * Is it safe to have a post handler at that address? A function's entry is probed by
 * ftrace, and the kernel keeps two sets of probes there: those with a post handler and
 * those without. It chooses the set by the first probe at an address, and looks for it
 * by what has come since. When a probe with a post handler joins others without one, the
 * last one to be removed is looked for in the wrong set, stays registered, and is freed:
 * a warning, then a crash. This is so from 5.10 to 7.2. At a breakpoint 5.10 does not
 * call the handler.
 *
 * So the first probe at an address has to have a post handler. To find out whether there
 * is a probe already, one is registered without being armed: several at one address are
 * on one list. A probe that is registered between this check and our own registration is
 * missed; for probes of this module the lock prevents that.
 *
 * Context: armed_lock held.
 */
static int post_allowed(const struct probe *probe)
{
	struct kprobe kp = { .symbol_name = probe->symbol,
			     .flags = KPROBE_FLAG_DISABLED };
	struct probe *other;
	void *address;
	bool alone;
	int err;

	err = register_kprobe(&kp);
	if (err)
		return err;
	/* Two nodes are a probe and the head of a list that was prepared early. */
	alone = list_empty(&kp.list) || list_is_singular(&kp.list);
	address = kp.addr;
	unregister_kprobe(&kp);
	if (alone)
		return 0;
	list_for_each_entry(other, &armed_probes, armed)
		if (other->kp.addr == address && other->kp.post_handler)
			return 0;
	return -EBUSY;
}

static int probe_arm(struct probe *probe)
{
	int err = 0;

	mutex_lock(&armed_lock);
	if (probe->kp.post_handler)
		err = post_allowed(probe);
	if (!err)
		err = register_kprobe(&probe->kp); /* hits count from here on */
	if (!err)
		list_add(&probe->armed, &armed_probes);
	mutex_unlock(&armed_lock);
	return err;
}

static void probe_free(struct probe *probe)
{
	free_percpu(probe->hits);
	kfree(probe);
}

/*
 * The memory is charged to the caller's control group. Zeroed memory is not only
 * convenient: a field of struct kprobe that is not ours to fill has to be zero, and a
 * struct whose registration failed must not be given to register_kprobe() again
 * unchanged.
 */
static struct probe *probe_new(const char *symbol, u32 flags)
{
	struct probe *probe;
	int err;

	probe = kzalloc(sizeof(*probe), GFP_KERNEL_ACCOUNT);
	if (!probe)
		return ERR_PTR(-ENOMEM);
	probe->hits = alloc_percpu_gfp(struct hits, GFP_KERNEL_ACCOUNT);
	if (!probe->hits) {
		kfree(probe);
		return ERR_PTR(-ENOMEM);
	}
	if (strscpy(probe->symbol, symbol, sizeof(probe->symbol)) < 0)
		err = -ENOENT; /* the kernel has no name as long as that */
	else
		err = 0;
	probe->kp.symbol_name = probe->symbol;
	probe->kp.pre_handler = probe_pre;
	if (flags & PROBES_POST)
		probe->kp.post_handler = probe_post;
	if (!err)
		err = probe_arm(probe);
	if (err) {
		probe_free(probe);
		return ERR_PTR(err);
	}
	return probe;
}

/*
 * Takes away @n probes; some of @probes may be NULL. unregister_kprobes() waits until no
 * CPU is in a handler any more, which takes as long for all of them as for one. Only
 * then may their memory go.
 */
static void probes_remove(struct probe **probes, unsigned int n)
{
	struct kprobe *kps[PROBES_PER_FILE];
	unsigned int i, n_kps = 0;

	mutex_lock(&armed_lock);
	for (i = 0; i < n; i++) {
		if (!probes[i])
			continue;
		list_del(&probes[i]->armed);
		kps[n_kps++] = &probes[i]->kp;
	}
	unregister_kprobes(kps, n_kps);
	mutex_unlock(&armed_lock);
	for (i = 0; i < n; i++) {
		if (probes[i])
			probe_free(probes[i]);
		probes[i] = NULL;
	}
}

/*
 * Where the function begins that @address lies in. Kernels built for IBT (from 5.18 on)
 * move a probe at a function's entry behind its first instruction, ENDBR, so kp.addr is
 * the function's address plus four there, and the address itself before. The kernel's
 * own name for the place, NAME+0xOFFSET/0xSIZE, says which it is.
 */
static unsigned long symbol_start(unsigned long address)
{
	char text[KSYM_SYMBOL_LEN];
	unsigned long offset;
	char *plus;

	sprint_symbol(text, address);
	plus = strrchr(text, '+');
	if (!plus || sscanf(plus, "+%lx/", &offset) != 1)
		return address;
	return address - offset;
}

/*
 * Finds any symbol, exported or not: register_kprobe() looks up the name, leaves the
 * address in kp.addr, and only then decides whether a probe may be there. For data it is
 * refused, but kp.addr still has the address. KPROBE_FLAG_DISABLED keeps it from patching
 * the code for a moment.
 */
static int find_symbol(const char *symbol, struct found *found)
{
	struct kprobe kp = { .symbol_name = symbol, .flags = KPROBE_FLAG_DISABLED };
	unsigned long address;
	int err;

	err = register_kprobe(&kp);
	address = (unsigned long)kp.addr;
	if (!err)
		unregister_kprobe(&kp);
	if (err && (err != -EINVAL || !address))
		return err;
	found->can_probe = !err;
	found->address = symbol_start(address);
	return 0;
}

/*
 * register_kprobe() checks no permission: a module that offers it to users has to.
 * Lockdown of the level confidentiality keeps even root from reading the kernel's memory,
 * which a probe can.
 */
static int may_probe(void)
{
	if (!perfmon_capable())
		return -EPERM;
	return security_locked_down(LOCKDOWN_KPROBES);
}

/*
 * Addresses help attackers, so the rule of /proc/kallsyms holds: CAP_SYSLOG, both when
 * the file was opened and now, and what kernel.kptr_restrict says. The variable behind
 * that is not exported, but %pK obeys it: it prints nothing but zeros instead of an
 * address (and a hash, not an address, where nothing is restricted).
 */
static bool may_see_addresses(const struct file *file)
{
	char text[2 * sizeof(void *) + 1];

	snprintf(text, sizeof(text), "%pK", may_see_addresses);
	return strspn(text, "0") < strlen(text) && capable(CAP_SYSLOG) &&
	       file_ns_capable(file, &init_user_ns, CAP_SYSLOG) &&
	       !security_locked_down(LOCKDOWN_KPROBES);
}

/*
 * The probes given at load, and the symbols looked up at load. Written by init, before
 * anybody can see the file.
 */
static char *symbols[PROBES_PER_FILE];
static unsigned int n_symbols;
module_param_array_named(symbol, symbols, charp, &n_symbols, 0);
MODULE_PARM_DESC(symbol, "Functions to probe, NAME,NAME... (pre and post handler)");

static char *lookups[PROBES_PER_FILE];
static unsigned int n_lookups;
module_param_array_named(lookup, lookups, charp, &n_lookups, 0);
MODULE_PARM_DESC(lookup, "Symbols to find, NAME,NAME...");

static struct probe *loaded[PROBES_PER_FILE];
static struct found looked_up[PROBES_PER_FILE];
static struct proc_dir_entry *entry;

static int probes_show(struct seq_file *seq, void *unused)
{
	bool addresses = may_see_addresses(seq->file);
	unsigned int i;

	for (i = 0; i < n_symbols; i++) {
		struct hits hits = probe_hits(loaded[i], PROBES_ALL_CPUS);

		seq_printf(seq, "probe %s pre %llu post %llu missed %lu\n",
			   loaded[i]->symbol, hits.pre, hits.post,
			   READ_ONCE(loaded[i]->kp.nmissed));
	}
	for (i = 0; i < n_lookups; i++)
		seq_printf(seq, "symbol %s %0*lx\n", lookups[i],
			   (int)(2 * sizeof(long)), addresses ? looked_up[i].address : 0);
	return 0;
}

static int probes_proc_open(struct inode *inode, struct file *file)
{
	return single_open(file, probes_show, NULL);
}

/* .proc_lseek is always set: older kernels fall back on a default, newer ones do not. */
static const struct proc_ops probes_proc_ops = {
	.proc_open = probes_proc_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

/*
 * The function to practise on: nobody else calls it. Its first instruction is the store,
 * long enough to be replaced by a jump: without a post handler a probe here becomes
 * [OPTIMIZED] in /sys/kernel/debug/kprobes/list after a moment.
 */
static unsigned long last_call;

static noinline notrace void probes_target(unsigned long call)
{
	WRITE_ONCE(last_call, call);
}

/* Lets other tasks run, and a kill end it, now and then: a million calls take a while. */
static long call_target(unsigned long n)
{
	unsigned long i;

	if (n > PROBES_CALLS_MAX)
		return -EINVAL;
	for (i = 0; i < n; i++) {
		probes_target(i);
		if (i % 1024)
			continue;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/*
 * What an open file owns. The lock is held while a probe is put in or taken out, so that
 * one thread cannot free what another one reads.
 */
struct probes_file {
	struct mutex lock; /* of probes[] */
	struct probe *probes[PROBES_PER_FILE];
};

/*
 * .owner below has the kernel hold the module from here to the release, so the module
 * cannot be unloaded while somebody has a probe.
 */
static int probes_open(struct inode *inode, struct file *file)
{
	struct probes_file *own;
	int err;

	err = may_probe();
	if (err)
		return err;
	own = kzalloc(sizeof(*own), GFP_KERNEL_ACCOUNT);
	if (!own)
		return -ENOMEM;
	mutex_init(&own->lock);
	file->private_data = own;
	return 0;
}

/*
 * The last descriptor is gone, closed or by the death of its process, and no call is in
 * progress: nobody else knows this file's data.
 */
static int probes_release(struct inode *inode, struct file *file)
{
	struct probes_file *own = file->private_data;

	probes_remove(own->probes, PROBES_PER_FILE);
	mutex_destroy(&own->lock);
	kfree(own);
	return 0;
}

/*
 * A name from user space: the program may have filled the field to its last byte, without
 * a NUL.
 */
static bool name_is_whole(const char *name)
{
	return *name && strnlen(name, PROBES_NAME_SIZE) < PROBES_NAME_SIZE;
}

/*
 * may_probe() once more: a descriptor can be passed to a process with fewer rights, and
 * the kernel can be locked down after the open. The arguments are copied once, then
 * checked: another thread may rewrite the original in between.
 */
static long probes_attach(struct probes_file *own, const void __user *user)
{
	struct probes_attach arg;
	struct probe *probe;
	long id;
	int err;

	err = may_probe();
	if (err)
		return err;
	if (copy_from_user(&arg, user, sizeof(arg)))
		return -EFAULT;
	if ((arg.flags & ~PROBES_POST) || arg.reserved || !name_is_whole(arg.symbol))
		return -EINVAL;
	mutex_lock(&own->lock);
	for (id = 0; id < PROBES_PER_FILE && own->probes[id]; id++)
		;
	if (id == PROBES_PER_FILE) {
		id = -ENOSPC;
		goto out;
	}
	probe = probe_new(arg.symbol, arg.flags);
	if (IS_ERR(probe))
		id = PTR_ERR(probe);
	else
		own->probes[id] = probe;
out:
	mutex_unlock(&own->lock);
	return id;
}

static long probes_detach(struct probes_file *own, unsigned long id)
{
	long err = -ENOENT;

	mutex_lock(&own->lock);
	if (id < PROBES_PER_FILE && own->probes[id]) {
		probes_remove(&own->probes[id], 1);
		err = 0;
	}
	mutex_unlock(&own->lock);
	return err;
}

static long probes_get_hits(struct probes_file *own, void __user *user)
{
	struct probes_hits arg;
	struct probe *probe;
	struct hits hits;

	if (copy_from_user(&arg, user, sizeof(arg)))
		return -EFAULT;
	if (arg.cpu != PROBES_ALL_CPUS &&
	    (arg.cpu >= nr_cpu_ids || !cpu_possible(arg.cpu)))
		return -EINVAL;
	mutex_lock(&own->lock);
	probe = arg.id < PROBES_PER_FILE ? own->probes[arg.id] : NULL;
	if (probe) {
		hits = probe_hits(probe, arg.cpu);
		arg.pre = hits.pre;
		arg.post = hits.post;
		arg.missed = READ_ONCE(probe->kp.nmissed);
	}
	mutex_unlock(&own->lock);
	if (!probe)
		return -ENOENT;
	return copy_to_user(user, &arg, sizeof(arg)) ? -EFAULT : 0;
}

static long probes_lookup(const struct file *file, void __user *user)
{
	struct probes_symbol arg;
	struct found at;
	int err;

	err = may_probe();
	if (err)
		return err;
	if (!may_see_addresses(file))
		return -EPERM;
	if (copy_from_user(&arg, user, sizeof(arg)))
		return -EFAULT;
	if (arg.reserved || !name_is_whole(arg.symbol))
		return -EINVAL;
	err = find_symbol(arg.symbol, &at);
	if (err)
		return err;
	arg.address = at.address;
	arg.can_probe = at.can_probe;
	return copy_to_user(user, &arg, sizeof(arg)) ? -EFAULT : 0;
}

static long probes_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct probes_file *own = file->private_data;

	switch (cmd) {
	case PROBES_GET_VERSION:
		return PROBES_VERSION;
	case PROBES_ATTACH:
		return probes_attach(own, (const void __user *)arg);
	case PROBES_DETACH:
		return probes_detach(own, arg);
	case PROBES_HITS:
		return probes_get_hits(own, (void __user *)arg);
	case PROBES_LOOKUP:
		return probes_lookup(file, (void __user *)arg);
	case PROBES_CALL:
		return call_target(arg);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations probes_fops = {
	.owner = THIS_MODULE,
	.open = probes_open,
	.release = probes_release,
	.unlocked_ioctl = probes_ioctl,
	.compat_ioctl = compat_ptr_ioctl, /* 32-bit programs: the structs are the same */
	.llseek = noop_llseek,
};

static struct miscdevice probes_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "probes",
	.fops = &probes_fops,
	.mode = 0600,
};

static const char *words(int err)
{
	switch (err) {
	case -ENOENT:
		return "no such symbol; it may be inlined, look into /proc/kallsyms";
	case -EINVAL:
		return "data, or on the list in /sys/kernel/debug/kprobes/blacklist";
	case -EBUSY:
		return "somebody's probe without a post handler is there already";
	case -EPERM:
		return "the kernel is locked down";
	default:
		return "";
	}
}

static int __init probes_load(void)
{
	unsigned int i;
	int err = 0;

	if (n_symbols || n_lookups)
		err = security_locked_down(LOCKDOWN_KPROBES);
	for (i = 0; i < n_symbols && !err; i++) {
		loaded[i] = probe_new(symbols[i], PROBES_POST);
		if (IS_ERR(loaded[i])) {
			err = PTR_ERR(loaded[i]);
			loaded[i] = NULL;
			pr_err("symbol=%s: error %d: %s\n", symbols[i], err, words(err));
		}
	}
	for (i = 0; i < n_lookups && !err; i++) {
		err = find_symbol(lookups[i], &looked_up[i]);
		if (err)
			pr_err("lookup=%s: error %d: %s\n", lookups[i], err, words(err));
	}
	return err;
}

/*
 * Each step undoes what those before it did: when init fails the exit function is not
 * called, and a probe that stays registered would run a handler that is no longer there.
 */
static int __init probes_init(void)
{
	int err;

	err = probes_load();
	if (err)
		goto remove;
	err = -ENOMEM;
	entry = proc_create("probes", 0400, NULL, &probes_proc_ops);
	if (!entry)
		goto remove;
	err = misc_register(&probes_device);
	if (err)
		goto remove_entry;
	return 0;

remove_entry:
	proc_remove(entry);
remove:
	probes_remove(loaded, PROBES_PER_FILE);
	return err;
}

/* First nobody can open the files any more, then what they show is freed. */
static void __exit probes_exit(void)
{
	misc_deregister(&probes_device);
	proc_remove(entry); /* waits for readers */
	probes_remove(loaded, PROBES_PER_FILE);
}

module_init(probes_init);
module_exit(probes_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("Counts how often functions of the kernel run, by kprobes");
MODULE_VERSION("1.0");
