// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers a misc device and leaves it behind. The list of misc devices now runs
 * through freed memory.
 *
 * expect:
 *	outcome=leak
 *	phase=leak
 *	kind=dev
 *	exit=104
 *	summary=leak-device
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static const struct file_operations ops = {
	.owner = THIS_MODULE,
};

static struct miscdevice dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "leak-device",
	.fops = &ops,
};

static int __init leak_device_init(void)
{
	return misc_register(&dev); /* here */
}
module_init(leak_device_init);

static void __exit leak_device_exit(void)
{
}
module_exit(leak_device_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: leaves its device node behind");
