// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/* Freed all at once, of which no tracepoint tells */
#include <linux/module.h>
#include <linux/slab.h>

enum { BLOCKS = 20 };

static int __init lo_clean_bulk_init(void)
{
	void *block[BLOCKS];
	int i, n = 0;

	for (i = 0; i < BLOCKS; i++) {
		block[n] = kmalloc(200, GFP_KERNEL);
		n += block[n] != NULL;
	}
	kfree_bulk(n, block);
	return 0;
}
module_init(lo_clean_bulk_init);

static void __exit lo_clean_bulk_exit(void)
{
}
module_exit(lo_clean_bulk_exit);

MODULE_DESCRIPTION("Test: blocks that are freed all at once");
MODULE_LICENSE("GPL");
