// SPDX-License-Identifier: GPL-2.0-only
/* expect: pointer lo_die */
/* A die notifier stays */
#include <linux/module.h>
#include <linux/kdebug.h>
#include <linux/notifier.h>

static int died(struct notifier_block *nb, unsigned long event, void *data)
{
	return NOTIFY_DONE;
}
static struct notifier_block block = { .notifier_call = died };

static int __init lo_die_init(void)
{
	return register_die_notifier(&block);
}
module_init(lo_die_init);

static void __exit lo_die_exit(void)
{
}
module_exit(lo_die_exit);

MODULE_DESCRIPTION("Test: a die notifier stays");
MODULE_LICENSE("GPL");
