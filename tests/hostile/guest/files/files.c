// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files in /proc/hostile that do the one who reads them no good: one oopses, one waits
 * for ever, one waits for ever and is not to be killed, one has no end, and one has
 * nothing to give.
 */
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>

static struct proc_dir_entry *dir;
static int *nowhere;
static DECLARE_COMPLETION(never);

static ssize_t oops_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	return READ_ONCE(*nowhere);
}

static ssize_t wait_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	return wait_for_completion_interruptible(&never);
}

static ssize_t stuck_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	wait_for_completion(&never);
	return 0;
}

static ssize_t endless_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	return clear_user(buf, len) ? -EFAULT : len;
}

static ssize_t refuse_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	return -EIO;
}

static const struct proc_ops oops_ops = {.proc_read = oops_read};
static const struct proc_ops wait_ops = {.proc_read = wait_read};
static const struct proc_ops stuck_ops = {.proc_read = stuck_read};
static const struct proc_ops endless_ops = {.proc_read = endless_read};
static const struct proc_ops refuse_ops = {.proc_read = refuse_read};

static int __init hostile_files_init(void)
{
	dir = proc_mkdir("hostile", NULL);
	if (!dir)
		return -ENOMEM;
	proc_create("oops", 0444, dir, &oops_ops);
	proc_create("wait", 0444, dir, &wait_ops);
	proc_create("stuck", 0444, dir, &stuck_ops);
	proc_create("endless", 0444, dir, &endless_ops);
	proc_create("refuse", 0444, dir, &refuse_ops);
	return 0;
}
module_init(hostile_files_init);

static void __exit hostile_files_exit(void)
{
	proc_remove(dir);
}
module_exit(hostile_files_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Hostile on purpose: files that are no good to read");
