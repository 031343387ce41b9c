// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, and unlike ours: all counters are atomic and shared, all probes are registered
 * by one call, the names are taken apart by hand, and the file is printed into a buffer
 * at each open. No device.
 *
 * expect:
 *	outcome=pass
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define MOST 16

static char symbol[1024];
module_param_string(symbol, symbol, sizeof(symbol), 0);
static char lookup[1024];
module_param_string(lookup, lookup, sizeof(lookup), 0);

static struct kprobe kps[MOST];
static struct kprobe *pointers[MOST];
static atomic64_t counts[2][MOST];
static int n_probes;

static char *names[MOST];
static unsigned long addresses[MOST];
static int n_symbols;

static int count_pre(struct kprobe *kp, struct pt_regs *regs)
{
	atomic64_inc(&counts[0][kp - kps]);
	return 0;
}

static void count_post(struct kprobe *kp, struct pt_regs *regs, unsigned long flags)
{
	atomic64_inc(&counts[1][kp - kps]);
}

/* The name with its offset in it tells how far the kernel moved the probe. */
static unsigned long begin_of(void *addr)
{
	char *text = kmalloc(KSYM_SYMBOL_LEN, GFP_KERNEL);
	unsigned long offset = 0;

	if (text) {
		sprint_symbol(text, (unsigned long)addr);
		if (strchr(text, '+'))
			sscanf(strchr(text, '+'), "+0x%lx", &offset);
	}
	kfree(text);
	return (unsigned long)addr - offset;
}

static int find_all(void)
{
	char *rest = lookup, *name;

	while ((name = strsep(&rest, ",")) && *name) {
		struct kprobe kp = { .symbol_name = name };
		int err;

		if (n_symbols == MOST)
			return -E2BIG;
		err = register_kprobe(&kp);
		if (!kp.addr) {
			pr_err("%s is not found: %d\n", name, err);
			return err;
		}
		addresses[n_symbols] = begin_of(kp.addr);
		names[n_symbols++] = name;
		if (!err)
			unregister_kprobe(&kp);
	}
	return 0;
}

static int probe_all(void)
{
	char *rest = symbol, *name;
	int err;

	while ((name = strsep(&rest, ",")) && *name) {
		if (n_probes == MOST)
			return -E2BIG;
		kps[n_probes].symbol_name = name;
		kps[n_probes].pre_handler = count_pre;
		kps[n_probes].post_handler = count_post;
		pointers[n_probes] = &kps[n_probes];
		n_probes++;
	}
	err = n_probes ? register_kprobes(pointers, n_probes) : 0;
	for (; err && n_probes; n_probes--)
		pr_err("not probed: %s\n", kps[n_probes - 1].symbol_name);
	return err;
}

static void unprobe_all(void)
{
	while (n_probes)
		unregister_kprobe(&kps[--n_probes]);
}

static int open_file(struct inode *inode, struct file *file)
{
	char *text = kzalloc(PAGE_SIZE, GFP_KERNEL);
	int i, len = 0;

	if (!text)
		return -ENOMEM;
	for (i = 0; i < n_probes; i++)
		len += scnprintf(text + len, PAGE_SIZE - len,
				 "probe %s pre %lld post %lld missed %lu\n",
				 kps[i].symbol_name, atomic64_read(&counts[0][i]),
				 atomic64_read(&counts[1][i]), kps[i].nmissed);
	for (i = 0; i < n_symbols; i++)
		len += scnprintf(text + len, PAGE_SIZE - len, "symbol %s %016lx\n",
				 names[i], addresses[i]);
	file->private_data = text;
	return 0;
}

static ssize_t read_file(struct file *file, char __user *to, size_t n, loff_t *pos)
{
	char *text = file->private_data;

	return simple_read_from_buffer(to, n, pos, text, strlen(text));
}

static int release_file(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static const struct proc_ops ops = {
	.proc_open = open_file,
	.proc_read = read_file,
	.proc_lseek = default_llseek,
	.proc_release = release_file,
};

static int __init one_buffer_init(void)
{
	int err;

	err = find_all();
	if (!err)
		err = probe_all();
	if (err)
		return err;
	if (!proc_create("probes", 0400, NULL, &ops)) {
		unprobe_all();
		return -ENOMEM;
	}
	return 0;
}
module_init(one_buffer_init);

static void __exit one_buffer_exit(void)
{
	remove_proc_entry("probes", NULL);
	unprobe_all();
}
module_exit(one_buffer_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Counts hits of kprobes with atomics, and prints into a buffer");
