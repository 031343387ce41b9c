// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: lets in one at a time, and forgets to give that up when open refuses a writer.
 * After one "echo >/dev/chardev" nobody can open it until the module is loaded anew.
 *
 * expect:
 *	outcome=test-failed
 *	test=open.c
 *	says=and leaves nothing behind
 */
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <linux/version.h>

#define NAME "chardev"

static int major;
static struct class *class;
static struct device *device;

static atomic_t opens = ATOMIC_INIT(-1);

static int count_open(struct inode *inode, struct file *file)
{
	file->private_data = (void *)(unsigned long)atomic_inc_return(&opens);
	return 0;
}

static int message(struct file *file, char *text, size_t size)
{
	return scnprintf(text, size, "Opened %lu times before.\n",
			 (unsigned long)file->private_data);
}

static atomic_t in_use = ATOMIC_INIT(0);

static int device_open(struct inode *inode, struct file *file)
{
	if (atomic_cmpxchg(&in_use, 0, 1))
		return -EBUSY;
	if (file->f_mode & FMODE_WRITE)
		return -EPERM; /* and in_use stays 1 */
	return count_open(inode, file);
}

static int device_release(struct inode *inode, struct file *file)
{
	atomic_set(&in_use, 0);
	return 0;
}

static ssize_t device_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	char text[80];
	int len = message(file, text, sizeof(text));

	if (*pos >= len)
		return 0;
	count = min_t(size_t, count, len - *pos);
	if (copy_to_user(buf, text + *pos, count))
		return -EFAULT;
	*pos += count;
	return count;
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = device_open,
	.read = device_read,
	.release = device_release,
};

static struct class *make_class(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	return class_create(NAME);
#else
	return class_create(THIS_MODULE, NAME);
#endif
}

static int __init exclusive_init(void)
{
	major = register_chrdev(0, NAME, &fops);
	if (major < 0)
		return major;
	class = make_class();
	if (IS_ERR(class)) {
		unregister_chrdev(major, NAME);
		return PTR_ERR(class);
	}
	device = device_create(class, NULL, MKDEV(major, 0), NULL, NAME);
	if (IS_ERR(device)) {
		class_destroy(class);
		unregister_chrdev(major, NAME);
		return PTR_ERR(device);
	}
	return 0;
}
module_init(exclusive_init);

static void __exit exclusive_exit(void)
{
	device_destroy(class, MKDEV(major, 0));
	class_destroy(class);
	unregister_chrdev(major, NAME);
}
module_exit(exclusive_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Wrong on purpose: leaks its flag when open fails");
