/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/probes: the names come as parameters, and hits are counted with atomics that
 * all CPUs share. Right, unless the file that includes this defines one of the macros
 * below first.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#ifndef COUNT /* one hit */
#define COUNT(hits) atomic_long_inc(hits)
#endif
#ifndef POST_COUNTER /* what the handler behind the instruction counts on */
#define POST_COUNTER post
#endif
#ifndef ADDRESS /* how the address of a symbol is printed */
#define ADDRESS "%016lx"
#define ADDRESS_TYPE unsigned long
#endif
#ifndef UNDO /* when a name is refused: what was registered before it */
#define UNDO(n) remove_all(n)
#endif

#define PROBES 16

struct probe {
	struct kprobe kp;
	atomic_long_t pre;
	atomic_long_t post;
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
	COUNT(&container_of(kp, struct probe, kp)->pre);
	return 0;
}

static void post(struct kprobe *kp, struct pt_regs *regs, unsigned long flags)
{
	COUNT(&container_of(kp, struct probe, kp)->POST_COUNTER);
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
		seq_printf(seq, "probe %s pre %ld post %ld missed %lu\n", symbol[i],
			   atomic_long_read(&probes[i].pre),
			   atomic_long_read(&probes[i].post), probes[i].kp.nmissed);
	for (i = 0; i < n_lookups; i++)
		seq_printf(seq, "symbol %s " ADDRESS "\n", lookup[i],
			   (ADDRESS_TYPE)address[i]);
	return 0;
}

static void remove_all(int n)
{
	while (n--)
		unregister_kprobe(&probes[n].kp);
}

static int __init probes_init(void)
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
			UNDO(i);
			return err;
		}
	}
	if (!proc_create_single("probes", 0400, NULL, show)) {
		remove_all(n_symbols);
		return -ENOMEM;
	}
	return 0;
}
module_init(probes_init);

static void __exit probes_exit(void)
{
	remove_proc_entry("probes", NULL);
	remove_all(n_symbols);
}
module_exit(probes_exit);

MODULE_LICENSE("GPL");
