// SPDX-License-Identifier: GPL-2.0-only
/*
 * A character device that can be read: struct file_operations, a major number of its own,
 * and a node in /dev that appears and goes by itself. Each open is told its number.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kdev_t.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "compat.h"

#define NAME "chardev"

/*
 * Two things are called a device. The cdev is what open(2) finds by the numbers of a
 * node; it leads to our functions. The device is what /sys shows, and what the node in
 * /dev is made from. In one struct they live and die together.
 */
struct chardev {
	struct device dev;
	struct cdev cdev;
	atomic64_t visits;
};

/* What one open file knows. Written in open only, so its readers need no lock. */
struct visit {
	size_t len;
	char text[64];
};

/*
 * Runs when the last reference to the device is dropped; only then nobody uses it any
 * more.
 */
static void chardev_free(struct device *dev)
{
	kfree(container_of(dev, struct chardev, dev));
}

/*
 * Runs in the process that opens, on any CPU, for several at once. Nothing prevents a
 * second open: a flag "is open" would not do what it seems to, since a child of fork()
 * has the file open without having opened it. Only data needs protection, and the only
 * data that several opens share is the count, which is atomic.
 *
 * Memory first: nothing can fail once a number is taken, so none is lost. It is
 * accounted to the process's cgroup, for anybody may open the device as often as they
 * may have files.
 */
static int chardev_open(struct inode *inode, struct file *file)
{
	struct chardev *chardev = container_of(inode->i_cdev, struct chardev, cdev);
	struct visit *visit = kmalloc(sizeof(*visit), GFP_KERNEL_ACCOUNT);

	if (!visit)
		return -ENOMEM;
	visit->len = scnprintf(visit->text, sizeof(visit->text),
			       "You are visitor %lld since this module was loaded.\n",
			       atomic64_inc_return(&chardev->visits));
	file->private_data = visit;
	return 0;
}

/*
 * Once for each open, however many descriptors dup() and fork() made of it: when the
 * last of them is closed, or its process has ended in whatever way. No call of ours is
 * under way for this file then. The result is ignored, so there is no way to refuse.
 */
static int chardev_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

/*
 * A reader may ask for one byte or for a gigabyte, anywhere: from *ppos on it gets what
 * is there, at most count bytes, and *ppos moves by what it got. At the end it gets 0,
 * which is how cat knows that it is done. A pointer that faults gives EFAULT, or a
 * short count where some bytes went through.
 *
 * Processes that share an open file share its position, and for a device nothing locks
 * that: two reads at the same moment may get the same bytes. The bytes are still correct.
 */
static ssize_t chardev_read(struct file *file, char __user *buf, size_t count,
			    loff_t *ppos)
{
	const struct visit *visit = file->private_data;

	return simple_read_from_buffer(buf, count, ppos, visit->text, visit->len);
}

/* A node has no size in its inode, so the end to seek to has to be given. */
static loff_t chardev_llseek(struct file *file, loff_t offset, int whence)
{
	const struct visit *visit = file->private_data;

	return fixed_size_llseek(file, offset, whence, visit->len);
}

/*
 * .owner keeps the module as long as a file is open: rmmod says that it is in use.
 * Without it the next read would jump to where these functions were. The cdev has an
 * owner as well, for the moment in which open(2) has found the cdev but not yet these;
 * so lsmod shows two references for each open file.
 *
 * A function that is missing here gets the kernel's own answer, for .write EINVAL.
 */
static const struct file_operations chardev_fops = {
	.owner = THIS_MODULE,
	.open = chardev_open,
	.read = chardev_read,
	.llseek = chardev_llseek,
	.release = chardev_release,
};

/* The kernel's devtmpfs asks, and udev is told, which mode the node shall have. */
static char *chardev_devnode(devnode_device *dev, umode_t *mode)
{
	if (mode)
		*mode = 0444;
	return NULL; /* in /dev under the device's own name */
}

static struct class chardev_class = {
	.name = NAME,
	.devnode = chardev_devnode,
};

static dev_t number;
static struct chardev *chardev;

/*
 * From device_initialize() on the struct is counted: it is given up by put_device(),
 * never by kfree(). And cdev_device_add() comes last, when all else is ready: our
 * functions may be called even before it has returned. It also sends the uevent from
 * which udev learns of the device.
 */
static int __init chardev_add(void)
{
	int err;

	chardev = kzalloc(sizeof(*chardev), GFP_KERNEL);
	if (!chardev)
		return -ENOMEM;
	device_initialize(&chardev->dev);
	chardev->dev.class = &chardev_class;
	chardev->dev.devt = number;
	chardev->dev.release = chardev_free;
	cdev_init(&chardev->cdev, &chardev_fops);
	chardev->cdev.owner = THIS_MODULE;

	err = dev_set_name(&chardev->dev, NAME);
	if (!err)
		err = cdev_device_add(&chardev->cdev, &chardev->dev);
	if (err)
		put_device(&chardev->dev);
	return err;
}

/* Each failure undoes what succeeded before it, the last first. */
static int __init chardev_init(void)
{
	int err;

	/* Any free major number: the fixed ones are all taken. */
	err = alloc_chrdev_region(&number, 0, 1, NAME);
	if (err)
		return err;
	err = class_register(&chardev_class);
	if (err)
		goto free_number;
	err = chardev_add();
	if (err)
		goto unregister_class;
	pr_info("/dev/" NAME " has the numbers %u:%u\n", MAJOR(number), MINOR(number));
	return 0;

unregister_class:
	class_unregister(&chardev_class);
free_number:
	unregister_chrdev_region(number, 1);
	return err;
}

/* No file is open: .owner saw to that, and lets none be opened while the module goes. */
static void __exit chardev_exit(void)
{
	cdev_device_del(&chardev->cdev, &chardev->dev);
	put_device(&chardev->dev);
	class_unregister(&chardev_class);
	unregister_chrdev_region(number, 1);
}

module_init(chardev_init);
module_exit(chardev_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("A read-only character device that counts its visitors");
MODULE_VERSION("1.0");
