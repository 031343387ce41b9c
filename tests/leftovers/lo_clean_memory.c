// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/* Every kind of memory, freed by the module or by the kernel for it */
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

struct later {
	struct rcu_head rcu;
	char data[200];
};

static int show(struct seq_file *m, void *v)
{
	return 0;
}

/* The kernel frees what single_open() and seq_open_private() took. */
static int open(struct inode *inode, struct file *file)
{
	char *data = kmalloc(77, GFP_KERNEL);
	int err = data ? single_open(file, show, data) : -ENOMEM;

	if (err)
		kfree(data);
	return err;
}

static int release(struct inode *inode, struct file *file)
{
	kfree(((struct seq_file *)file->private_data)->private);
	return single_release(inode, file);
}

static const struct proc_ops ops = {
	.proc_open = open, .proc_read = seq_read, .proc_release = release,
};
static struct kmem_cache *cache;
static u64 __percpu *count;

static int __init lo_clean_memory_init(void)
{
	struct later *later = kmalloc(sizeof(*later), GFP_KERNEL);
	char *grown = kmalloc(40, GFP_KERNEL), *text = kstrdup("gone", GFP_KERNEL);
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned long pages = __get_free_pages(GFP_KERNEL, 1);
	char *name = __getname();
	void *object;

	cache = kmem_cache_create("lo_clean_cache", 1240, 0, 0, NULL);
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	kmem_cache_free(cache, object);
	grown = krealloc(grown, 4000, GFP_KERNEL);
	kfree(grown);
	kvfree(kvmalloc(100, GFP_KERNEL));
	kvfree(kvmalloc(100000, GFP_KERNEL));
	vfree(vmalloc(5000));
	kfree_const(text);
	kfree_rcu(later, rcu);
	__putname(name);
	__free_page(page);
	free_pages(pages, 1);
	count = alloc_percpu(u64);
	return proc_create("lo_clean_memory", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(lo_clean_memory_init);

static void __exit lo_clean_memory_exit(void)
{
	remove_proc_entry("lo_clean_memory", NULL);
	free_percpu(count);
	kmem_cache_destroy(cache);
}
module_exit(lo_clean_memory_exit);

MODULE_DESCRIPTION("Test: every kind of memory, freed by the module or by the kernel for it");
MODULE_LICENSE("GPL");
