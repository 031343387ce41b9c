// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two files that keep every promise, and one mistake of choice. /proc/careless is a
 * fixed text; /dev/careless is a queue of bytes with waiting reads and writes, one ioctl
 * that tells how many bytes are queued, and three that take tables. The tests beside this
 * load it with each mistake, one that people really make, and look if hammer notices.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/string.h>

#include "careless.h"

static char *mistake = "none";
module_param(mistake, charp, 0444);
MODULE_PARM_DESC(mistake, "What to do wrong");

bool wrong(const char *what)
{
	return !strcmp(mistake, what);
}

static struct miscdevice queue_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "careless",
	.fops = &queue_ops,
	.mode = 0666,
};

static int __init careless_init(void)
{
	int err = misc_register(&queue_device);

	if (err)
		return err;
	if (!proc_create("careless", 0444, NULL, &text_ops)) {
		misc_deregister(&queue_device);
		return -ENOMEM;
	}
	return 0;
}
module_init(careless_init);

static void __exit careless_exit(void)
{
	remove_proc_entry("careless", NULL);
	misc_deregister(&queue_device);
}
module_exit(careless_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("Two good files, and one mistake of choice");
MODULE_VERSION("1.0");
