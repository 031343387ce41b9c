// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: the handlers count with ++ on a variable that all CPUs share. Two CPUs that hit
 * the probe at once read the same value, and one of the hits is lost. Nothing shows that
 * on one CPU.
 *
 * expect:
 *	outcome=test-failed
 *	test=hits.c
 *	says=from all CPUs at once: every (pre|post) counter is exact
 *	at_once=yes
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#define PROBES 16

struct probe {
	struct kprobe kp;
	unsigned long pre;
	unsigned long post;
};

static char *symbol[PROBES];
static int n_symbols;
module_param_array(symbol, charp, &n_symbols, 0);
static char *lookup[PROBES];
static int n_lookups;
module_param_array(lookup, charp, &n_lookups, 0);

static struct probe probes[PROBES];
static unsigned long address[PROBES];

static int pre(struct kprobe *kp, struct pt_regs *regs)
{
	container_of(kp, struct probe, kp)->pre++;
	return 0;
}

static void post(struct kprobe *kp, struct pt_regs *regs, unsigned long flags)
{
	container_of(kp, struct probe, kp)->post++;
}

/* The symbol's own address: on kernels with IBT a probe sits four bytes behind it. */
static int find(const char *name, unsigned long *ret)
{
	struct kprobe kp = { .symbol_name = name };
	unsigned long mask = IS_ENABLED(CONFIG_X86_KERNEL_IBT) ? 15 : 0;
	int err = register_kprobe(&kp);

	*ret = (unsigned long)kp.addr & ~mask;
	if (!err)
		unregister_kprobe(&kp);
	return *ret ? 0 : err;
}

static int show(struct seq_file *seq, void *unused)
{
	int i;

	for (i = 0; i < n_symbols; i++)
		seq_printf(seq, "probe %s pre %lu post %lu missed %lu\n", symbol[i],
			   probes[i].pre, probes[i].post, probes[i].kp.nmissed);
	for (i = 0; i < n_lookups; i++)
		seq_printf(seq, "symbol %s %016lx\n", lookup[i], address[i]);
	return 0;
}

static void remove_all(int n)
{
	while (n--)
		unregister_kprobe(&probes[n].kp);
}

static int __init plain_counter_init(void)
{
	int i, err;

	for (i = 0; i < n_lookups; i++) {
		err = find(lookup[i], &address[i]);
		if (err)
			return err;
	}
	for (i = 0; i < n_symbols; i++) {
		probes[i].kp.symbol_name = symbol[i];
		probes[i].kp.pre_handler = pre;
		probes[i].kp.post_handler = post;
		err = register_kprobe(&probes[i].kp);
		if (err) {
			pr_err("%s: %d\n", symbol[i], err);
			remove_all(i);
			return err;
		}
	}
	if (!proc_create_single("probes", 0400, NULL, show)) {
		remove_all(n_symbols);
		return -ENOMEM;
	}
	return 0;
}
module_init(plain_counter_init);

static void __exit plain_counter_exit(void)
{
	remove_proc_entry("probes", NULL);
	remove_all(n_symbols);
}
module_exit(plain_counter_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Counts hits of kprobes, and loses some");
