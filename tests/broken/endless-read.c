// SPDX-License-Identifier: GPL-2.0-only
/*
 * Its read function never says that the data is over. The command that reads to the end
 * never ends.
 *
 * expect:
 *	command=cat /proc/endless-read >/dev/null
 *	timeout=3
 *	outcome=timeout
 *	phase=test
 *	kind=endless-read
 *	exit=106
 *	summary=read\(\) never returns 0: called [1-9][0-9]+ times, each gave 5 bytes
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>

static ssize_t read(struct file *file, char __user *to, size_t size, loff_t *pos)
{
	/* Never 0, whatever *pos is. */
	return copy_to_user(to, "more\n", 5) ? -EFAULT : 5;
}

static const struct proc_ops ops = { .proc_read = read };

static int __init endless_read_init(void)
{
	return proc_create("endless-read", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(endless_read_init);

static void __exit endless_read_exit(void)
{
	remove_proc_entry("endless-read", NULL);
}
module_exit(endless_read_exit);

MODULE_DESCRIPTION("Broken on purpose: its data has no end");
MODULE_LICENSE("GPL");
