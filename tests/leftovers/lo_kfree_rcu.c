// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/* Freed by the kernel after a grace period, one by one and in bulk */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

struct later {
	struct rcu_head rcu;
	char data[200];
};

static int __init lo_kfree_rcu_init(void)
{
	return 0;
}
module_init(lo_kfree_rcu_init);

static void __exit lo_kfree_rcu_exit(void)
{
	int i;

	for (i = 0; i < 100; i++) {
		struct later *later = kmalloc(sizeof(*later), GFP_KERNEL);

		if (later)
			kfree_rcu(later, rcu);
	}
}
module_exit(lo_kfree_rcu_exit);

MODULE_DESCRIPTION("Test: freed by the kernel after a grace period, one by one and in bulk");
MODULE_LICENSE("GPL");
