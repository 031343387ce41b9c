// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/* Freed by a callback of the module, which unloading waits for */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

struct later {
	struct rcu_head rcu;
	char data[200];
};
static void release(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct later, rcu));
}

static int __init lo_call_rcu_init(void)
{
	return 0;
}
module_init(lo_call_rcu_init);

static void __exit lo_call_rcu_exit(void)
{
	struct later *later = kmalloc(sizeof(*later), GFP_KERNEL);

	if (later)
		call_rcu(&later->rcu, release);
	rcu_barrier();
}
module_exit(lo_call_rcu_exit);

MODULE_DESCRIPTION("Test: freed by a callback of the module, which unloading waits for");
MODULE_LICENSE("GPL");
