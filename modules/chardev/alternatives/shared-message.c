// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: one message for all. Who opens the device changes what others are about to read;
 * two at once may read a mixture.
 *
 * expect:
 *	outcome=test-failed
 *	test=open.c
 *	says=which stays the same while others open it
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

static char text[80];
static int len;
static atomic_t opens = ATOMIC_INIT(-1);

static int device_open(struct inode *inode, struct file *file)
{
	len = scnprintf(text, sizeof(text), "Opened %d times before.\n",
			atomic_inc_return(&opens));
	return 0;
}

static ssize_t device_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	return simple_read_from_buffer(buf, count, pos, text, len);
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = device_open,
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

static int __init shared_message_init(void)
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
module_init(shared_message_init);

static void __exit shared_message_exit(void)
{
	device_destroy(class, MKDEV(major, 0));
	class_destroy(class);
	unregister_chrdev(major, NAME);
}
module_exit(shared_message_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Wrong on purpose: keeps its message in one place for all");
