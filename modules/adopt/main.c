// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/adopt: stations that want to know when their soldiers end. watch.c tells them,
 * parent.c makes them the parents; this file decides who may ask.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "adopt.h"
#include "uapi/adopt.h"

static int adopt_open(struct inode *inode, struct file *file)
{
	struct station *station = station_create();

	if (!station)
		return -ENOMEM;
	file->private_data = station;
	return stream_open(inode, file);
}

static int adopt_release(struct inode *inode, struct file *file)
{
	station_destroy(file->private_data);
	return 0;
}

static ssize_t adopt_read(struct file *file, char __user *buf, size_t n, loff_t *pos)
{
	return station_read(file->private_data, buf, n, file->f_flags & O_NONBLOCK);
}

static __poll_t adopt_poll(struct file *file, poll_table *wait)
{
	return station_poll(file->private_data, file, wait);
}

static int ioctl_watch(struct station *station, const struct adopt_watch __user *user)
{
	struct adopt_watch arg;

	if (copy_from_user(&arg, user, sizeof(arg)))
		return -EFAULT;
	return station_watch(station, arg.pid, arg.signal);
}

/* The parent of a process learns of its end, so not everybody may change the parent. */
static int ioctl_adopt(const __s32 __user *user)
{
	__s32 pid;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (get_user(pid, user))
		return -EFAULT;
	return parent_change(pid);
}

static long adopt_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	switch (command) {
	case ADOPT_WATCH:
		return ioctl_watch(file->private_data, (void __user *)arg);
	case ADOPT_ADOPT:
		return ioctl_adopt((void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations adopt_fops = {
	.owner = THIS_MODULE,
	.open = adopt_open,
	.release = adopt_release,
	.read = adopt_read,
	.poll = adopt_poll,
	.unlocked_ioctl = adopt_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "adopt",
	.fops = &adopt_fops,
	.mode = 0600,
};

static int __init adopt_init(void)
{
	if (parent_init())
		pr_notice("where tasklist_lock is cannot be found out: watching only\n");
	return misc_register(&device);
}

static void __exit adopt_exit(void)
{
	misc_deregister(&device);
}

module_init(adopt_init);
module_exit(adopt_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("/dev/adopt: told of a process's end, or made its parent");
MODULE_VERSION("1.0");
