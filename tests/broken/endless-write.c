// SPDX-License-Identifier: GPL-2.0-only
/*
 * Its write function returns 0 for success: nothing was taken, so the writer tries again.
 * The shell that waits for it is not what hangs.
 *
 * expect:
 *	command=echo 2 | tee /proc/endless-write >/dev/null
 *	timeout=3
 *	outcome=timeout
 *	phase=test
 *	kind=endless-write
 *	exit=106
 *	summary=write\(\) returns 0 for ever: called [1-9][0-9]+ times \('tee' \(process
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/proc_fs.h>

static int value;

static ssize_t write(struct file *file, const char __user *from, size_t size, loff_t *pos)
{
	return kstrtoint_from_user(from, size, 0, &value);
}

static const struct proc_ops ops = { .proc_write = write };

static int __init endless_write_init(void)
{
	return proc_create("endless-write", 0200, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(endless_write_init);

static void __exit endless_write_exit(void)
{
	remove_proc_entry("endless-write", NULL);
}
module_exit(endless_write_exit);

MODULE_DESCRIPTION("Broken on purpose: write() takes nothing");
MODULE_LICENSE("GPL");
