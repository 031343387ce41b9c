// SPDX-License-Identifier: GPL-2.0-only
/* expect: notifier */
/* A notifier stays in a chain of the kernel */
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/reboot.h>

static int notified(struct notifier_block *nb, unsigned long event, void *data)
{
	return NOTIFY_DONE;
}
static struct notifier_block block = { .notifier_call = notified };

static int __init lo_notifier_init(void)
{
	return register_reboot_notifier(&block);
}
module_init(lo_notifier_init);

static void __exit lo_notifier_exit(void)
{
}
module_exit(lo_notifier_exit);

MODULE_DESCRIPTION("Test: a notifier stays in a chain of the kernel");
MODULE_LICENSE("GPL");
