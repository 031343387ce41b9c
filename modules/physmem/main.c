// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/physmem: the physical address behind one of the caller's own, and bytes read and
 * written by it. This file decides who may; own.c and any.c do it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "physmem.h"
#include "uapi/physmem.h"

static bool any;
module_param(any, bool, 0444);
MODULE_PARM_DESC(any, "Dangerous: any RAM, not only pages that the caller has (N)");

/*
 * The same rights as for /dev/mem. Checked at each call: an open file may be passed to
 * another process, and a lockdown may come later.
 */
static int may_use(void)
{
	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	return security_locked_down(LOCKDOWN_DEV_MEM);
}

static int physmem_open(struct inode *inode, struct file *file)
{
	struct frames *frames;
	int err = may_use();

	if (err)
		return err;
	frames = kzalloc(sizeof(*frames), GFP_KERNEL_ACCOUNT);
	if (!frames)
		return -ENOMEM;
	xa_init(&frames->places);
	file->private_data = frames;
	return stream_open(inode, file);
}

static int physmem_release(struct inode *inode, struct file *file)
{
	struct frames *frames = file->private_data;

	xa_destroy(&frames->places);
	kfree(frames);
	return 0;
}

static int ioctl_translate(struct frames *frames, struct physmem_address __user *user)
{
	struct physmem_address arg;
	u64 phys;
	int err;

	if (copy_from_user(&arg, user, sizeof(arg)))
		return -EFAULT;
	if (arg.virt != (unsigned long)arg.virt)
		return -EFAULT;
	err = own_translate(frames, arg.virt, &phys);
	if (!err && put_user(phys, &user->phys))
		err = -EFAULT;
	return err;
}

static int get_byte(struct physmem_byte *arg, const struct physmem_byte __user *user)
{
	if (copy_from_user(arg, user, sizeof(*arg)))
		return -EFAULT;
	return memchr_inv(arg->reserved, 0, sizeof(arg->reserved)) ? -EINVAL : 0;
}

static int ioctl_read(struct frames *frames, struct physmem_byte __user *user)
{
	struct physmem_byte arg;
	int err = get_byte(&arg, user);

	if (err)
		return err;
	err = any ? any_read(arg.phys, &arg.value) :
		    own_read(frames, arg.phys, &arg.value);
	if (!err && put_user(arg.value, &user->value))
		err = -EFAULT;
	return err;
}

static int ioctl_write(struct file *file, const struct physmem_byte __user *user)
{
	struct physmem_byte arg;
	int err = get_byte(&arg, user);

	if (err)
		return err;
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!any)
		return own_write(file->private_data, arg.phys, arg.value);
	err = any_write(arg.phys, arg.value);
	pr_warn_ratelimited("%s (%d) wrote to 0x%llx: error %d\n", current->comm,
			    task_pid_nr(current), arg.phys, err);
	return err;
}

static long physmem_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	void __user *user = (void __user *)arg;
	int err = may_use();

	if (err)
		return err;
	switch (command) {
	case PHYSMEM_TRANSLATE:
		return ioctl_translate(file->private_data, user);
	case PHYSMEM_READ:
		return ioctl_read(file->private_data, user);
	case PHYSMEM_WRITE:
		return ioctl_write(file, user);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations physmem_fops = {
	.owner = THIS_MODULE,
	.open = physmem_open,
	.release = physmem_release,
	.unlocked_ioctl = physmem_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "physmem",
	.fops = &physmem_fops,
	.mode = 0600,
};

/*
 * Taints the kernel: a bug report is worth nothing where any memory may have been
 * changed.
 */
static int __init physmem_init(void)
{
	if (any) {
		pr_warn("any RAM may be read and written\n");
		add_taint(TAINT_USER, LOCKDEP_STILL_OK);
	}
	return misc_register(&device);
}

static void __exit physmem_exit(void)
{
	misc_deregister(&device);
}

module_init(physmem_init);
module_exit(physmem_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("/dev/physmem: bytes by their physical addresses");
MODULE_VERSION("1.0");
