/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/chardev in the older way: one call registers all minors of a major number, and
 * the message is made anew by each read, from a number that fits into the file's
 * pointer. The node keeps the mode that devtmpfs gives, root only. Right, unless the
 * file that includes this defines one of OWNER, MY_OPEN, MY_RELEASE and MY_READ.
 */
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <linux/version.h>

#define NAME "chardev"

static atomic_t opens = ATOMIC_INIT(-1);

static inline int count_open(struct inode *inode, struct file *file)
{
	file->private_data = (void *)(unsigned long)atomic_inc_return(&opens);
	return 0;
}

static inline int message(struct file *file, char *text, size_t size)
{
	return scnprintf(text, size, "Opened %lu times before.\n",
			 (unsigned long)file->private_data);
}

static inline ssize_t read_message(struct file *file, char __user *buf, size_t count,
				   loff_t *pos)
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

#ifndef OWNER /* who cannot be unloaded while the device is open */
#define OWNER THIS_MODULE
#endif
#ifndef MY_OPEN
#define MY_OPEN count_open
#else
static int MY_OPEN(struct inode *inode, struct file *file);
#endif
#ifndef MY_RELEASE
#define MY_RELEASE NULL
#else
static int MY_RELEASE(struct inode *inode, struct file *file);
#endif
#ifndef MY_READ
#define MY_READ read_message
#else
static ssize_t MY_READ(struct file *file, char __user *buf, size_t count, loff_t *pos);
#endif

static const struct file_operations fops = {
	.owner = OWNER,
	.open = MY_OPEN,
	.read = MY_READ,
	.release = MY_RELEASE,
};

static int major;
static struct class *class;
static struct device *device;

static struct class *make_class(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	return class_create(NAME);
#else
	return class_create(THIS_MODULE, NAME);
#endif
}

static int __init chardev_init(void)
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
module_init(chardev_init);

static void __exit chardev_exit(void)
{
	device_destroy(class, MKDEV(major, 0));
	class_destroy(class);
	unregister_chrdev(major, NAME);
}
module_exit(chardev_exit);

MODULE_LICENSE("GPL");
