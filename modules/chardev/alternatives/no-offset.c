// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: each read gives the message from its beginning. cat never comes to an end.
 *
 * expect:
 *	outcome=test-failed
 *	test=read.c
 *	says=the next read returns 0, the end
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

static ssize_t device_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	char text[80];

	count = min_t(size_t, count, message(file, text, sizeof(text)));
	return copy_to_user(buf, text, count) ? -EFAULT : count;
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = count_open,
	.read = device_read,
};

static struct class *make_class(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	return class_create(NAME);
#else
	return class_create(THIS_MODULE, NAME);
#endif
}

static int __init no_offset_init(void)
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
module_init(no_offset_init);

static void __exit no_offset_exit(void)
{
	device_destroy(class, MKDEV(major, 0));
	class_destroy(class);
	unregister_chrdev(major, NAME);
}
module_exit(no_offset_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Wrong on purpose: ignores the offset");
