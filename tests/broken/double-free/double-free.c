// SPDX-License-Identifier: GPL-2.0-only
/* Frees the same memory twice in a row. */
#include <linux/module.h>
#include <linux/slab.h>

static int __init double_free_init(void)
{
	void *p = kmalloc(64, GFP_KERNEL);
	void *same = p;

	OPTIMIZER_HIDE_VAR(same); /* else the compiler sees it and warns */
	kfree(p);
	kfree(same); /* here */
	return 0;
}
module_init(double_free_init);

static void __exit double_free_exit(void)
{
}
module_exit(double_free_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: frees the same memory twice");
